import { readFile } from "node:fs/promises";
import { componentEmbed, componentNew, parse } from "@bytecodealliance/jco";
import { expect, test } from "vitest";
import type { ModuleKind } from "../../select/request.ts";
import { makeComponent } from "../../../test/fakes/component.ts";
import { readWitTypes, withMembers } from "../../../test/fakes/wit.ts";
import { findFault } from "../component.ts";

const GUESTS = new URL("../../../test/guests/", import.meta.url);
const wit = await readFile(new URL("../../../selectors/wit/world.wit", import.meta.url), "utf8");
const types = readWitTypes(wit);

/** A module of this kind whose author had this text in the place of world.wit. */
async function build(kind: ModuleKind, witSource: string): Promise<Uint8Array> {
  const name = kind === "scorer" ? "trap" : "too-few-choices";
  const binary = await parse(await readFile(new URL(`${name}.wat`, GUESTS), "utf8"));
  return await componentNew(
    await componentEmbed({ binary, witSource, world: kind, stringEncoding: "utf8" }),
    [],
  );
}

async function findFaults(witSource: string): Promise<readonly (string | undefined)[]> {
  const modules = [await build("scorer", witSource), await build("selector", witSource)];
  return modules.map((bytes) => findFault(bytes)?.what);
}

const SCORE = "exports genie:selection/scoring@1.0.0 with a function of other types: score";
const SELECT = "exports genie:selection/selecting@1.0.0 with a function of other types: select";

test("a module of world.wit fits", async () => {
  expect(await findFaults(wit)).toEqual([undefined, undefined]);
});

test.each(types)("two members of $form $name that have changed places are refused", async (type) => {
  const [first, second, ...rest] = type.members;
  const swapped = [second, first, ...rest].filter((member) => member !== undefined);
  const faults = await findFaults(withMembers(wit, type, swapped));
  expect(faults).toEqual([type.name === "choice" ? undefined : SCORE, SELECT]);
});

test.each(types)("a member more or less in $form $name is refused", async (type) => {
  const longer = [...type.members, ["another", type.form === "record" ? "u64" : ""] as const];
  for (const members of [longer, type.members.slice(0, -1)]) {
    expect((await findFaults(withMembers(wit, type, members))).at(-1)).toBe(SELECT);
  }
});

test.each([
  ["a field of another type", "count: u32", "count: u64"],
  ["an optional field", "settings: string", "settings: option<string>"],
  ["an answer without a reason why there is none", "result<list<choice>, string>", "result<list<choice>>"],
  ["one choice in place of a list", "result<list<choice>, string>", "result<choice, string>"],
  ["no result", "result<list<choice>, string>", "list<choice>"],
  ["a parameter less", ", verdicts: list<verdict>)", ")"],
])("%s is refused", async (_, from, to) => {
  const other = wit.replaceAll(/\/\/.*/g, "").replace(from, to);
  expect(await build("selector", other).then((bytes) => findFault(bytes)?.what)).toBe(SELECT);
});

test("of another major version, whose types aren't known here, nothing is said", async () => {
  const other = wit.replace("selection@1.0.0", "selection@2.0.0").replace("count: u32", "count: u64");
  const core = (await readFile(new URL("trap.wat", GUESTS), "utf8")).replace("@1.0.0", "@2.0.0");
  const embedded = await componentEmbed({
    binary: await parse(core),
    witSource: other,
    world: "scorer",
    stringEncoding: "utf8",
  });
  expect(findFault(await componentNew(embedded, []))).toBeUndefined();
});

test("an interface without its function is refused", async () => {
  const fault = findFault(await makeComponent(["types", "scoring"]));
  expect(fault?.what).toBe("exports genie:selection/scoring@1.0.0 without its function score");
});
