import { toLeb128 } from "../../core/wasm/binary.ts";
import { readFile } from "node:fs/promises";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import type { ModuleKind } from "../../core/select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND } from "../../core/select/world.ts";

export const SCORER = ["types", "scoring"];
export const SELECTOR = ["types", "selecting"];

/** A component that has the exports of a module, and traps when it is asked: enough for all that never runs it. */
export async function makeComponent(interfaces: readonly string[], note = ""): Promise<Uint8Array> {
  const component = await (interfaces === SCORER
    ? makeModule("scorer")
    : interfaces === SELECTOR
      ? makeModule("selector")
      : makeEmpty(interfaces));
  return note === "" ? component : addNote(component, note);
}

async function makeModule(kind: ModuleKind): Promise<Uint8Array> {
  const witSource = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
  const binary = await parse(`(module (memory (export "memory") 1)
    (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
    (func (export "${INTERFACE_BY_KIND[kind]}@1.0.0#${FUNCTION_BY_KIND[kind]}") (param i32) (result i32) unreachable))`);
  return await componentNew(
    await componentEmbed({ binary, witSource, world: kind, stringEncoding: "utf8" }),
    [],
  );
}

/** Its interfaces hold nothing. */
function makeEmpty(interfaces: readonly string[]): Promise<Uint8Array> {
  const exports = interfaces.map((name) => `(export "genie:selection/${name}@1.0.0" (instance $empty))`);
  return parse(`(component (instance $empty) ${exports.join(" ")})`);
}

/** The same component with other bytes: a custom section with this name, of at most 125 characters. */
export function addNote(component: Uint8Array, note: string): Uint8Array {
  const name = Buffer.from(note);
  return Buffer.concat([component, Buffer.from([0, name.length + 1, name.length]), name]);
}

/** The same component, larger by so many bytes and a few more. */
export function addPadding(component: Uint8Array, bytes: number): Uint8Array {
  const name = Buffer.from("producers");
  const content = Buffer.concat([Buffer.from([name.length]), name, Buffer.alloc(bytes)]);
  return Buffer.concat([component, Uint8Array.from([0, ...toLeb128(content.length)]), content]);
}
