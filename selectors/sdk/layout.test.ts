/**
 * The AssemblyScript SDK against the canonical ABI of world.wit: a module that is written from the WIT tells every field
 * that the SDK gives it, and what the host lowered by the WIT alone must come out.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { runInNewContext } from "node:vm";
import { generate } from "@bytecodealliance/jco/component";
import { afterAll, beforeAll, expect, test } from "vitest";
import { compileAssemblyScript } from "../../cni/author/assemblyscript.ts";
import { wrapCoreModule } from "../../cni/author/core-module.ts";
import { readWorld } from "../../cni/author/world.ts";
import { readWitTypes, withMembers } from "../../test/fakes/wit.ts";
import { WitProbe } from "../../test/fakes/wit-probe.ts";

const WORLD = new URL("../wit/world.wit", import.meta.url).pathname;
const wit = await readFile(WORLD, "utf8");
const types = readWitTypes(wit);

/** For an answer that must come, and for one that need not. */
const PATIENCE_MS = 20_000;
const WILD_MS = 500;

const VERDICTS = [
  { tag: "reject", val: "full" },
  { tag: "score", val: 0.75 },
];
const probe = new WitProbe(types);
const EXPECTED = [
  { candidate: 7, reason: probe.tell("request", probe.sample("request")) },
  { candidate: 9, reason: "no full, yes 0.75" },
];

let folder: string;
let core: Uint8Array;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-layout-"));
  const file = path.join(folder, "probe.ts");
  await writeFile(file, probe.source);
  const source = { file, kind: "selector", language: "assemblyscript" } as const;
  const sdk = path.join(import.meta.dirname, "assembly");
  ({ core } = await compileAssemblyScript(source, { sdk, world: await readWorld(WORLD) }));
}, 60_000);
afterAll(() => rm(folder, { recursive: true }));

/** What the probe answers when the host lowers and lifts by this WIT, through jco's bindings alone. */
async function ask(witText: string, timeout = WILD_MS): Promise<unknown> {
  const file = path.join(folder, "world.wit");
  await writeFile(file, witText);
  const world = await readWorld(file);
  const component = await wrapCoreModule(core, { kind: "selector", world, encoding: "utf16" });
  const { files } = await generate(component, { name: "probe", instantiation: { tag: "sync" } });
  const bytesByName = new Map(files);
  const glue = Buffer.from(bytesByName.get("probe.js") ?? []).toString("base64");
  const { instantiate } = await import(`data:text/javascript;base64,${glue}`);
  const getCore = (name: string) => new WebAssembly.Module(Buffer.from(bytesByName.get(name) ?? []));
  const makeInstance = (module: WebAssembly.Module) => new WebAssembly.Instance(module);
  const instance = instantiate(getCore, {}, makeInstance);
  const sample = new WitProbe(readWitTypes(witText)).sample("request");
  const call = () => instance["genie:selection/selecting@1.0.0"].select(sample, VERDICTS);
  try {
    // A length that is read from the wrong place may be a thousand million.
    return runInNewContext("call()", { call }, { timeout });
  } catch (error) {
    return error;
  }
}

test("every field arrives as the WIT has it", async () => {
  expect(types.map(({ name }) => name)).toEqual(
    expect.arrayContaining([
      "attribute",
      "kpi",
      "candidate",
      "workload",
      "purpose",
      "request",
      "verdict",
      "choice",
    ]),
  );
  expect(await ask(wit, PATIENCE_MS)).toEqual(EXPECTED);
});

test.each(types)("two members of $form $name that change places are noticed", async (type) => {
  const [first, second, ...rest] = type.members;
  const swapped = [second, first, ...rest].filter((member) => member !== undefined);
  expect(await ask(withMembers(wit, type, swapped))).not.toEqual(EXPECTED);
});

const records = types.filter(({ form }) => form === "record");

test.each(records)("a field more in record $name is noticed", async (type) => {
  const longer = withMembers(wit, type, [...type.members, ["another", "u64"]]);
  expect(await ask(longer)).not.toEqual(EXPECTED);
  expect(new WitProbe(readWitTypes(longer)).source === probe.source).toBe(type.name === "choice");
});
