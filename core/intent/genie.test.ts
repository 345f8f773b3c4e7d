import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { readIntent } from "./genie.ts";

const module = `r/a@sha256:${"a".repeat(64)}`;
const nothing = {};
const scorer = { genie: { selection: { scorers: [{ module }] } } };
const selector = { genie: { selection: { selector: { module } } } };
const read = (cni: string | undefined, more: object) =>
  readIntent(
    new Map(cni === undefined ? [] : [["cni", cni]]),
    parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more })),
  );

const any = { wants: "any", count: 1 };
const byDefault = { wants: "default", network: "red" };

test.each<[string | undefined, object, object]>([
  ["blue", nothing, { wants: "named", network: "blue" }],
  [" blue\r\n", { default_plugin: "red" }, { wants: "named", network: "blue" }],
  ["", { default_plugin: "red" }, any],
  ["  ", nothing, any],
  [undefined, { default_plugin: "red" }, byDefault],
  [undefined, { default_plugin: " red ", ...scorer }, byDefault],
  [undefined, { default_plugin: "" }, { wants: "first" }],
  [undefined, scorer, any],
  [undefined, selector, any],
  [undefined, nothing, { wants: "first" }],
])("cni: %j with %j", (cni, config, intent) => expect(read(cni, config)).toEqual(intent));

test.each([
  ["a,b", nothing, 'annotation "cni"'],
  ["a@eth1", nothing, 'annotation "cni"'],
  [undefined, { default_plugin: "a,b" }, "default_plugin"],
])("what is not served yet is named: %j with %j", (cni, config, where) => {
  expect(() => read(cni, config)).toThrow(
    expect.objectContaining({ kind: "invalidConfig", message: expect.stringContaining(where) }),
  );
});

test("only a part of an endless wish is repeated", () => {
  expect(() => read(`${"x".repeat(100_000)},`, nothing)).toThrow(/^.{0,200}$/s);
});
