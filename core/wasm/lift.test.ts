import fc from "fast-check";
import { parse } from "@bytecodealliance/jco";
import { expect, test } from "vitest";
import { findLift } from "./lift.ts";

const SCORE = "genie:selection/scoring@1.0.0#score";

const CORE = `(core module $main
  (memory (export "memory") 1)
  (func (export "cabi_realloc") (param i32 i32 i32 i32) (result i32) unreachable)
  (func (export "after") (param i32))
  (func (export "${SCORE}") (param i32 i32) (result i32) unreachable))`;
const INSTANCE = "(core instance $i (instantiate $main))";
const aliasOf = (func: string) => `(alias core export $i "${func}" (core func $score))`;
const SHARED = `(alias core export $i "memory" (core memory $memory))
  (alias core export $i "cabi_realloc" (core func $realloc))
  (alias core export $i "after" (core func $after))`;
const liftOf = (options: string) =>
  `(func (param "of" string) (result string) (canon lift (core func $score) ${options}))`;
const ALL = "(memory $memory) (realloc $realloc)";
const PLAIN = [CORE, INSTANCE, aliasOf(SCORE), SHARED];

async function find(...parts: readonly string[]) {
  return findLift(await parse(`(component ${parts.join("\n")})`));
}

const found = { kind: "scorer", func: SCORE, memory: "memory", realloc: "cabi_realloc" };

test.each([
  [ALL, { ...found, encoding: "utf8" }],
  [`string-encoding=utf8 ${ALL}`, { ...found, encoding: "utf8" }],
  [`string-encoding=utf16 ${ALL} (post-return $after)`, { ...found, encoding: "utf16", postReturn: "after" }],
])("a lift with %s", async (options, expected) => {
  expect(await find(...PLAIN, liftOf(options))).toEqual(expected);
});

test("components of types beside the function don't matter", async () => {
  const types = `(component (type string) (export "a" (type 0)) (component (type u8)))`;
  expect(await find(types, ...PLAIN, liftOf(ALL))).toMatchObject(found);
});

test.each([
  ["latin1+utf16 strings", [...PLAIN, liftOf(`string-encoding=latin1+utf16 ${ALL}`)]],
  ["two functions", [...PLAIN, liftOf(ALL), liftOf(ALL)]],
  ["no function", PLAIN],
  ["a function of another name", [CORE, INSTANCE, aliasOf("cabi_realloc"), SHARED, liftOf(ALL)]],
  ["two core modules", [...PLAIN, liftOf(ALL), "(core module)"]],
  ["a second instance", [...PLAIN, liftOf(ALL), "(core instance (instantiate $main))"]],
  [
    "what is of a component around it",
    [...PLAIN, "(core type (func)) (alias outer 0 0 (core type))", liftOf(ALL)],
  ],
  ["a core module in a component within", ["(component (core module))", ...PLAIN, liftOf(ALL)]],
  ["one two levels down", ["(component (component (core module)))", ...PLAIN, liftOf(ALL)]],
])("a component with %s isn't plain", async (_name, parts) => {
  expect(await find(...parts)).toBeUndefined();
});

test("a component that starts by itself isn't plain", async () => {
  const whole = await parse(`(component ${[...PLAIN, liftOf(ALL)].join("\n")})`);
  const start = [9, 3, 0, 0, 0]; // of function 0, without arguments and results
  expect(findLift(Buffer.concat([whole, Uint8Array.from(start)]))).toBeUndefined();
});

test("whatever the bytes, the answer is a lift or none", async () => {
  const whole = await parse(`(component ${[...PLAIN, liftOf(ALL)].join("\n")})`);
  const damage = fc.tuple(fc.nat(whole.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.array(damage, { maxLength: 3 }), fc.nat(whole.length), (damages, length) => {
      const bytes = whole.slice(0, length);
      for (const [at, value] of damages) bytes[at] = value;
      const lift = findLift(bytes);
      expect(lift?.kind ?? "scorer").toBe("scorer");
    }),
    { numRuns: 2000 },
  );
});
