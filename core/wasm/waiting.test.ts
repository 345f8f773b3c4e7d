import { parse } from "@bytecodealliance/jco";
import { expect, test } from "vitest";
import { canWait } from "./waiting.ts";

const ofModule = async (fields: string) => canWait(await parse(`(module ${fields})`));

const GLOBAL = "(global $g (mut i32) (i32.const 0))";
const startOf = (body: string) => `${GLOBAL} (start $start) (func) (func $start ${body}) (func)`;

test.each([
  ["nothing to start", "(memory 16) (func (loop (br 0)))"],
  ["a start that sets a global", startOf("(global.set $g (i32.const -2924))")],
  ["a start that does nothing", startOf("")],
])("an instance of a module with %s is made ahead of its call", async (_, fields) => {
  expect(await ofModule(fields)).toBe(true);
});

test.each([
  ["more memory", "(memory 17)"],
  ["two memories of together more", "(memory 9) (memory 8)"],
  ["a start that loops", startOf("(loop (br 0))")],
  ["a start that calls", startOf("(call 0)")],
  ["a start that ends early and loops", startOf("(block) (loop (br 0))")],
  ["a start with locals", startOf("(local i32) (global.set $g (i32.const 1))")],
  ["a start out of an import", '(import "a" "b" (func $start)) (start $start)'],
  ["an import before its start", `(import "a" "b" (func)) ${startOf("")}`],
])("one with %s is made when it is called", async (_, fields) => {
  expect(await ofModule(fields)).toBe(false);
});

test("bytes that are cut off can't wait", async () => {
  const core = await parse(`(module ${startOf("")})`);
  expect(canWait(core)).toBe(true);
  expect(canWait(core.subarray(0, 4))).toBe(false);
  expect(canWait(core.subarray(0, -1))).toBe(false);
});
