import fc from "fast-check";
import { expect, test } from "vitest";
import { toAnnotations } from "./annotation-text.ts";

test.each<[string, unknown, Record<string, string>]>([
  ["texts", { a: "größer 好" }, { a: "größer 好" }],
  ["other values", { a: 1, b: null, c: ["x"], d: "y" }, { d: "y" }],
  ["what steers a terminal", { "a\u001b[2J": "\u001b[31mred\nred\u202e" }, { a: "red red " }],
  ["half a character", { a: "x\ud800" }, { a: "x\ufffd" }],
  [
    "a long key, and a long value",
    { ["k".repeat(257)]: "x", a: "x".repeat(64 * 1024 + 1), b: "y" },
    { b: "y" },
  ],
  ["a list", ["a"], {}],
  ["nothing", undefined, {}],
])("of %s, what can be shown", (_, value, said) => expect(toAnnotations(value)).toEqual(said));

test("256 are read", () => {
  const many = Object.fromEntries(Array.from({ length: 300 }, (_, at) => [`k${at}`, "x"]));
  expect(Object.keys(toAnnotations(many))).toHaveLength(256);
});

test("a key like __proto__ changes nothing but itself", () => {
  const said = toAnnotations(JSON.parse('{"__proto__":"x","a":"y"}'));
  expect(Object.getPrototypeOf(said)).toBe(Object.prototype);
  expect(Object.entries(said)).toContainEqual(["a", "y"]);
});

test("no JSON makes it throw", () => {
  fc.assert(fc.property(fc.jsonValue(), (value) => void toAnnotations(value)));
});
