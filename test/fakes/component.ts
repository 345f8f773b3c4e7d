import { readFile } from "node:fs/promises";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import type { ModuleKind } from "../../core/select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND } from "../../core/select/world.ts";
import { addNote } from "./component-notes.ts";

export { addNote, addPadding } from "./component-notes.ts";

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
