import { expect, test } from "vitest";
import { readMetadata } from "../../core/metadata/metadata.ts";
import { listSettingsFaults } from "../../core/metadata/settings-faults.ts";
import type { SettingsSchema } from "../../core/metadata/settings-schema.ts";
import { makeSampleSettings } from "../../core/metadata/sample-settings.ts";
import { formatSettingsTypes, toSettingsFile } from "./settings-types.ts";

/** One of each kind that a schema may hold. */
const SCHEMA: SettingsSchema = {
  type: "object",
  properties: {
    zone: { type: "string", description: "where\nit is */" },
    share: { type: "number", minimum: 2, maximum: 3, default: 2.5 },
    above: { type: "integer", exclusiveMinimum: 4, exclusiveMaximum: 6 },
    between: { type: "number", exclusiveMinimum: 0, exclusiveMaximum: 1 },
    mode: { enum: ["reject", "prefer", 1] },
    always: { const: true },
    names: { type: "array", items: { type: "string" }, minItems: 2 },
    "at-most": { type: "object", additionalProperties: { type: "number" } },
    nested: {
      type: "object",
      properties: { deep: { type: "boolean" } },
      required: ["deep"],
      additionalProperties: false,
    },
    any: {},
    nothing: { type: "null" },
  },
  required: ["zone", "share", "above", "between", "mode", "always", "names", "nested", "nothing"],
  additionalProperties: false,
};

test("each kind of setting has its type, and its comment what a person should know", () => {
  expect(readMetadata(JSON.stringify({ settings: SCHEMA })).faults).toEqual([]);
  expect(formatSettingsTypes(SCHEMA)).toBe(`\
// Made by geniectl build from the module's schema: changes are lost with the next one.

export interface Settings {
  /** where it is * /. */
  zone: string;
  /** at least 2, at most 3; default: 2.5. */
  share: number;
  /** above 4, below 6. */
  above: number;
  /** above 0, below 1. */
  between: number;
  mode: "reject" | "prefer" | 1;
  always: true;
  names: Array<string>;
  "at-most"?: {
    [name: string]: number;
  };
  nested: {
    deep: boolean;
  };
  any?: unknown;
  nothing: null;
}
`);
});

test("a module without settings has none that could be read", () => {
  const types = formatSettingsTypes({ type: "object", additionalProperties: false });
  expect(types).toContain("export type Settings = Record<string, never>;");
});

test("settings that a schema leaves open can be read with care", () => {
  const types = formatSettingsTypes({ type: "object", properties: { zone: { type: "string" } } });
  expect(types).toContain("  zone?: string;\n  [name: string]: unknown;\n");
});

test("made-up settings are what the schema wants, and no more than it requires", () => {
  const settings = makeSampleSettings(SCHEMA);
  expect(listSettingsFaults(SCHEMA, settings)).toEqual([]);
  expect(Object.keys(settings)).toEqual(SCHEMA.required);
  expect(makeSampleSettings(undefined)).toEqual({});
});

test("each source of a folder has types of its own", () => {
  expect(toSettingsFile("a/module.ts")).toBe("a/settings.d.ts");
  expect(toSettingsFile("a/near.ts")).toBe("a/near.settings.d.ts");
});
