/** What wit/README.md promises of 1.x, tried with a 1.1 that is made up here, in each way to write a module. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { parse } from "@bytecodealliance/jco";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildModule } from "../cni/author/module.ts";
import { findMisfit } from "../core/wasm/component.ts";
import { type Ask, loadComponent } from "../test/fakes/loaded-component.ts";
import { makeCandidate, makeRequest } from "../test/fakes/request.ts";

const TODAY = new URL("wit/world.wit", import.meta.url).pathname;
const LATER_HOST = { major: 1, minor: 1 };

/** What a 1.1 may bring: another version, and new interfaces and worlds beside. */
const toLater = (wit: string) => `${wit.replace("selection@1.0.0", "selection@1.1.0")}
interface forecasting { use types.{request}; forecast: func(request: request) -> f64; }
world forecaster { export types; export forecasting; }
`;

/** Each scores one candidate: 1 when it is told the extension of 1.1, else 0.5. The last is told nothing. */
const SOURCES: Readonly<Record<string, (version: string) => Promise<string | Uint8Array>>> = {
  "assemblyscript.ts": async () => `
import { Request, Verdict } from "genie-cni/sdk";
export function score(request: Request): Verdict[] {
  return [Verdict.score(request.extensions.length == 1 && request.extensions[0].key == "trend" ? 1 : 0.5)];
}`,
  "typescript.ts": async () => `
import type { Request, Verdict } from "genie-cni/module";
export const score = ({ extensions }: Request): Verdict[] =>
  [{ tag: "score", val: extensions.some(({ key }) => key === "trend") ? 1 : 0.5 }];`,
  "text.wasm": (version) =>
    parse(`
(module
  (memory (export "memory") 1)
  (global $free (mut i32) (i32.const 1024))
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32)
    (global.set $free (i32.and (i32.add (global.get $free) (i32.const 7)) (i32.const -8)))
    (global.get $free)
    (global.set $free (i32.add (global.get $free) (local.get 3))))
  (func (export "genie:selection/scoring@${version}#score") (param $request i32) (result i32)
    (i32.store (i32.const 20) (i32.const 32)) ;; ok, the list at 32
    (i32.store (i32.const 24) (i32.const 1))
    ;; the request has the length of its extensions at 84
    (f64.store (i32.const 40) (select (f64.const 1) (f64.const 0.5) (i32.load offset=84 (local.get $request))))
    (i32.const 16)))`),
};

let folder: string;
let later: string;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-versions-"));
  later = path.join(folder, "later.wit");
  await writeFile(later, toLater(await readFile(TODAY, "utf8")));
});
afterAll(() => rm(folder, { recursive: true }));

async function build(name: string, worldFile: string): Promise<Uint8Array> {
  const source = await SOURCES[name]?.(worldFile === later ? "1.1.0" : "1.0.0");
  const file = path.join(folder, name);
  await writeFile(file, source ?? "");
  return (await buildModule({ file, worldFile })).component;
}

const REQUEST = makeRequest({ candidates: [makeCandidate("blue")] });
const LATER_REQUEST = { ...REQUEST, extensions: [{ key: "trend", value: "rising" }] };
const score = (val: number) => ({ ok: [{ tag: "score", val }] });
const answers = (ask: Ask) => [ask(REQUEST), ask(LATER_REQUEST)];

describe.each(Object.keys(SOURCES))("a module out of %s", (name) => {
  test("built for 1.0 runs on hosts of 1.0 and 1.1, and hears what 1.1 says beyond", async () => {
    const module = await build(name, TODAY);
    expect(findMisfit("scorer", module)).toBeUndefined();
    expect(findMisfit("scorer", module, LATER_HOST)).toBeUndefined();
    expect(answers(await loadComponent(module, "scorer"))).toEqual([score(0.5), score(1)]);
  });

  test("built for 1.1 runs on a host of 1.1, and one of 1.0 says why not there", async () => {
    const module = await build(name, later);
    expect(findMisfit("scorer", module)).toBe(
      "it exports genie:selection/types in version 1.1.0; this host serves genie:selection/types@1.0",
    );
    expect(findMisfit("scorer", module, LATER_HOST)).toBeUndefined();
    expect(findMisfit("scorer", module, { major: 2, minor: 3 })).toContain("in version 1.1.0");
    expect(answers(await loadComponent(module, "scorer"))).toEqual([score(0.5), score(1)]);
  });
});

test("a comment in world.wit changes no byte of a module", async () => {
  const bare = path.join(folder, "bare.wit");
  await writeFile(bare, (await readFile(TODAY, "utf8")).replaceAll(/^ *\/\/\/.*\n/gm, ""));
  const [told, untold] = [await build("assemblyscript.ts", TODAY), await build("assemblyscript.ts", bare)];
  expect(Buffer.from(untold).equals(told)).toBe(true);
});
