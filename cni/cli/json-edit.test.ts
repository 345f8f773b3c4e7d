import { expect, test } from "vitest";
import { addValue, replaceText } from "./json-edit.ts";

test("replaces one text and nothing else", () => {
  const json = '{ // why\n\t"a" : [ {"m":"old"} , 1 ],\r\n}';
  expect(replaceText(json, ["a", 0, "m"], "new")).toBe(json.replace("old", "new"));
});

test("adds a member on lines of its own, indented as its neighbour", () => {
  const json = '{\n    "a": [ 1,2 ], // odd\n    "b": {}\n}\n';
  expect(addValue(json, ["c"], { x: 1 })).toBe(
    '{\n    "a": [ 1,2 ], // odd\n    "b": {},\n    "c": {\n        "x": 1\n    }\n}\n',
  );
});

test("adds an element after the last", () => {
  const json = '{\n\t"a": [\n\t\t{ "m": 1 }\n\t]\n}';
  expect(addValue(json, ["a", 1], { m: 2 })).toBe(
    '{\n\t"a": [\n\t\t{ "m": 1 },\n\t\t{\n\t\t\t"m": 2\n\t\t}\n\t]\n}',
  );
});

test("keeps one line one line, and the line ends that a file has", () => {
  expect(addValue('{"a":1}', ["b"], { c: 1 })).toBe('{"a":1,"b": {"c":1}}');
  expect(addValue('{\r\n  "a": 1\r\n}', ["b"], { c: 1 })).toBe(
    '{\r\n  "a": 1,\r\n  "b": {\r\n    "c": 1\r\n  }\r\n}',
  );
});

test("makes the objects on the way", () => {
  expect(
    JSON.parse(addValue('{\n  "type": "genie"\n}', ["genie", "selection", "selector"], { module: "m" })),
  ).toEqual({
    type: "genie",
    genie: { selection: { selector: { module: "m" } } },
  });
  expect(JSON.parse(addValue("{}", ["a"], { b: 1 }))).toEqual({ a: { b: 1 } });
});
