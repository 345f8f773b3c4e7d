import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { componentEmbed, parse } from "@bytecodealliance/jco";
import { afterAll, beforeAll, expect, test } from "vitest";
import { loadComponent } from "../../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { BuildFailure } from "./failure.ts";
import { buildModule } from "./module.ts";

/** Scores the only candidate with 1, in UTF-8. */
const SCORER = `
(module
  (memory (export "memory") 2)
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "genie:selection/scoring@1.0.0#score") (param i32) (result i32)
    (i32.store (i32.const 20) (i32.const 32))
    (i32.store (i32.const 24) (i32.const 1))
    (f64.store (i32.const 40) (f64.const 1))
    (i32.const 16)))`;

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-core-"));
});
afterAll(() => rm(folder, { recursive: true }));

async function build(bytes: Uint8Array) {
  const file = path.join(folder, "any.wasm");
  await writeFile(file, bytes);
  return await buildModule({ file });
}

async function fail(bytes: Uint8Array): Promise<BuildFailure> {
  const failure = await build(bytes).catch((error: unknown) => error);
  if (!(failure instanceof BuildFailure)) throw new Error("no BuildFailure", { cause: failure });
  return failure;
}

test("a core module of any language becomes a module", async () => {
  const { kind, language, component } = await build(await parse(SCORER));
  expect({ kind, language }).toEqual({ kind: "scorer", language: "wasm" });
  const ask = await loadComponent(component, kind);
  expect(ask(makeRequest({ candidates: [makeCandidate("blue")] }))).toEqual({
    ok: [{ tag: "score", val: 1 }],
  });
});

test("one that says its world itself is believed", async () => {
  const wit = await readFile(new URL("../../selectors/wit/world.wit", import.meta.url), "utf8");
  const embed = async (witSource: string) =>
    await componentEmbed({ binary: await parse(SCORER), witSource, world: "scorer", stringEncoding: "utf8" });
  expect(await build(await embed(wit))).toMatchObject({ kind: "scorer" });

  const roots = "package a:b; world scorer { export score: func(); }";
  const core = await parse(SCORER.replace("(func (export", '(func (export "score")) (func (export'));
  const embedded = await componentEmbed({
    binary: core,
    witSource: roots,
    world: "scorer",
    stringEncoding: "utf8",
  });
  const { message, todo } = await fail(embedded);
  expect(message).toContain("doesn't export genie:selection/types@1.0");
  expect(todo).toContain("its function belongs into an exported interface");
});

test.each([
  [
    "an import",
    SCORER.replace("(memory", '(import "env" "now" (func)) (memory'),
    "needs env.now of the host",
  ],
  ["no memory", SCORER.replace('(export "memory") ', ""), "can't be made a component for world scorer"],
  ["another version", SCORER.replace("@1.0.0", "@1.7.0"), "can't be made a component for world scorer"],
  ["no answer", SCORER.replace("/scoring", "/other"), "exports neither score nor select"],
])("one with %s is refused", async (_, text, message) => {
  expect((await fail(await parse(text))).message).toContain(message);
});

test("a component is none, and neither is what is torn", async () => {
  const { component } = await build(await parse(SCORER));
  expect((await fail(component)).message).toContain("is a component already");
  expect((await fail((await parse(SCORER)).subarray(0, 60))).message).toContain("reaches past the end");
});
