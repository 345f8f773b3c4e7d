import fc from "fast-check";
import { expect, test } from "vitest";
import { findDoubleKey, findJson, findJsonObject, hasAtMost, isJsonObject, toFieldName } from "./json.ts";

test.each(["", " ", "null", "[]", "[{}]", '"{}"', "1", "{", "{}{}", "{a:1}", "\ufeff{}", "{}\0"])(
  "%j holds no object",
  (text) => expect(findJsonObject(text)).toBeUndefined(),
);

test.each([
  ["{}", {}],
  ['\r\n{"a":\r\n1}\r\n', { a: 1 }],
  ['{"ü":"\\ud83d\\ude00"}', { ü: "😀" }],
  ['{"a":1,"a":2}', { a: 2 }],
])("%j holds an object", (text, value) => expect(findJsonObject(text)).toEqual(value));

test("a key named __proto__ changes no prototype", () => {
  const found = findJsonObject('{"__proto__":{"polluted":true}}') ?? {};
  expect(Object.getPrototypeOf(found)).toBe(Object.prototype);
  expect(found["polluted"]).toBeUndefined();
});

test("every object comes back as it was written, and nothing else does", () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const written: unknown = JSON.parse(JSON.stringify(value));
      expect(findJsonObject(JSON.stringify(value))).toEqual(isJsonObject(value) ? written : undefined);
    }),
  );
});

test.each([
  [[], ""],
  [["genie"], "genie"],
  [["genie", "selection", "scorers", 0, "weight"], "genie.selection.scorers[0].weight"],
  [[0, "a"], "[0].a"],
])("%j is written %j", (path, name) => expect(toFieldName(path)).toBe(name));

test.each([
  [1, 1],
  [[], 1],
  [{ a: [1, 2], b: { c: null } }, 6],
])("%j has so many values: %i", (value, count) => {
  expect(hasAtMost(value, count)).toBe(true);
  expect(hasAtMost(value, count - 1)).toBe(false);
});

test.each([
  ['{"a":1,"a":2}', "a"],
  ['[{"b":{"c":[1,{"d":1}],"c":2}}]', "c"],
  ['{ "a" : {"a":[{"a":1}]}, "b":"a", "c":["a","a:","{"], "\\u0062" : 1}', "b"],
  ['{"a":{"a":"a"},"b":[{"a":1},{"a":1}],"c":"\\"a\\":"}', undefined],
])("in %s, the key that an object has twice is %j", (text, key) => {
  expect(JSON.parse(text)).toBeDefined();
  expect(findDoubleKey(text)).toBe(key);
});

test("no JSON that was written from a value has a key twice, however long", () => {
  fc.assert(fc.property(fc.json(), (text) => findDoubleKey(text) === undefined));
  expect(findDoubleKey(JSON.stringify({ a: `${'\\"{'.repeat(2 ** 20)}` }))).toBeUndefined();
});

test.each([
  ["[1]", [1]],
  ["null", null],
  ["", undefined],
  ["{", undefined],
])("%j holds %j", (text, value) => {
  expect(findJson(text)).toEqual(value);
});
