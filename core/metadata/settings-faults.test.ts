import fc from "fast-check";
import { expect, test } from "vitest";
import { readMetadata } from "./metadata.ts";
import { listSettingsFaults } from "./settings-faults.ts";
import type { SettingsSchema } from "./settings-schema.ts";

const schema: SettingsSchema = {
  type: "object",
  properties: {
    share: { type: "number", minimum: 0, maximum: 1 },
    most: { type: "integer", exclusiveMinimum: 0, exclusiveMaximum: 10 },
    mode: { enum: ["reject", "prefer"] },
    always: { const: [1, { a: null }] },
    names: { type: "array", items: { type: "string" }, minItems: 1, maxItems: 2 },
    limits: { type: "object", additionalProperties: { type: "number" }, required: ["loss"] },
    flag: { type: "boolean" },
    nothing: { type: "null" },
    any: {},
  },
  required: ["share"],
  additionalProperties: false,
};

test.each<[string, object, string[]]>([
  [
    "all is well",
    {
      share: 1,
      most: 9,
      mode: "prefer",
      always: [1, { a: null }],
      names: ["a"],
      limits: { loss: 0, other: 1 },
      flag: false,
      nothing: null,
      any: { x: [] },
    },
    [],
  ],
  ["a required one is missing", {}, ["settings.share: is missing"]],
  ["too small", { share: -0.1 }, ["settings.share: must be at least 0"]],
  ["too large", { share: 1.1 }, ["settings.share: must be at most 1"]],
  ["of another kind", { share: "1" }, ["settings.share: must be a number"]],
  ["no whole number", { share: 0, most: 1.5 }, ["settings.most: must be a whole number"]],
  ["at the lower edge", { share: 0, most: 0 }, ["settings.most: must be more than 0"]],
  ["at the upper edge", { share: 0, most: 10 }, ["settings.most: must be less than 10"]],
  ["none of these", { share: 0, mode: "x" }, ['settings.mode: must be one of "reject", "prefer"']],
  ["not the one", { share: 0, always: [1, {}] }, ['settings.always: must be [1,{"a":null}]']],
  ["too few items", { share: 0, names: [] }, ["settings.names: must have at least 1 items"]],
  ["an item", { share: 0, names: ["a", 1] }, ["settings.names[1]: must be a text"]],
  ["a member", { share: 0, limits: { loss: "" } }, ["settings.limits.loss: must be a number"]],
  ["a member is missing", { share: 0, limits: {} }, ["settings.limits.loss: is missing"]],
  ["true where null is", { share: 0, nothing: true }, ["settings.nothing: must be null"]],
  ["misspelt", { share: 0, flags: true }, ['settings: unknown key "flags", did you mean "flag"?']],
  [
    "two at once",
    { names: ["a", "b", "c"] },
    ["settings.share: is missing", "settings.names: must have at most 2 items"],
  ],
])("%s", (_, settings, faults) => expect(listSettingsFaults(schema, settings)).toEqual(faults));

test("settings that are no object", () => {
  expect(listSettingsFaults(schema, [])).toEqual(["settings: must be an object"]);
});

test("a name that every object has is still missing, and unknown", () => {
  const strict: SettingsSchema = {
    type: "object",
    properties: {},
    required: ["toString"],
    additionalProperties: false,
  };
  expect(listSettingsFaults(strict, { valueOf: 1 })).toEqual([
    "settings.toString: is missing",
    'settings: unknown key "valueOf"',
  ]);
});

test("at most 16 faults are told, and of long values the beginning", () => {
  const long: SettingsSchema = { additionalProperties: { const: "x".repeat(1000) } };
  const faults = listSettingsFaults(long, Object.fromEntries(Array.from({ length: 50 }, (_, at) => [at, 0])));
  expect(faults).toHaveLength(16);
  expect(faults[0]?.length).toBeLessThan(250);
});

test("a schema that finds a fault in every item, thousands in each, is left after 16", () => {
  const required = Array.from({ length: 5_000 }, (_, at) => `k${at}`);
  const items = Array.from({ length: 8_000 }, () => ({}));
  expect(listSettingsFaults({ properties: { a: { items: { required } } } }, { a: items })).toHaveLength(16);
});

test("a default is a value that fits", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), fc.jsonValue({ maxDepth: 3 }), (allowed, value) => {
      const inner = { enum: [allowed], default: value };
      const text = JSON.stringify({ settings: { type: "object", properties: { a: inner } } });
      const isTaken = readMetadata(text).faults.length === 0;
      const [given] = [JSON.parse(JSON.stringify({ a: value }))];
      const fits = listSettingsFaults(
        { properties: { a: { enum: [JSON.parse(JSON.stringify(allowed))] } } },
        given,
      );
      expect(isTaken).toBe(fits.length === 0);
    }),
  );
});
