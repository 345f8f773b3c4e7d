import fc from "fast-check";
import { expect, test } from "vitest";
import { MAX_METADATA_BYTES } from "../wasm/metadata-section.ts";
import { readMetadata } from "./metadata.ts";

const read = (value: unknown) => readMetadata(JSON.stringify(value));
const settings = (more: object) => ({ settings: { type: "object", ...more } });

/** A schema of settings that are nested this deep, without a recursion of its own. */
function nest(levels: number): string {
  return `${'{"type":"object","properties":{"a":'.repeat(levels)}{}${"}}".repeat(levels)}`;
}

test("every field may be absent", () => {
  const nothing = { kpis: { required: [], optional: [] }, labels: [], annotations: [] };
  expect(read({})).toEqual({ metadata: nothing, faults: [] });
});

test("every field is kept", () => {
  const all = {
    description: "prefers what is near",
    kpis: { required: ["latency-ms"], optional: ["acme.example/queue_depth"] },
    labels: ["app.kubernetes.io/name", "*"],
    annotations: ["zone"],
    settings: {
      type: "object",
      title: "t",
      properties: { most: { type: "number", exclusiveMinimum: 0, default: 3, description: "d" } },
      required: ["most"],
      additionalProperties: false,
    },
  };
  expect(read(all)).toEqual({ metadata: all, faults: [] });
});

test.each<[string, unknown, string]>([
  ["no object", [], "Invalid input: expected object, received array"],
  ["a misspelt field", { label: [] }, 'unknown key "label", did you mean "labels"?'],
  ["a KPI that is no name", { kpis: { required: ["a b"] } }, "kpis.required[0]: must be letters"],
  ["a misspelt list", { kpis: { needed: [] } }, 'kpis: unknown key "needed"'],
  ["a label that is no key", { labels: ["-a"] }, "labels[0]: must be the key of a label"],
  [
    "an annotation that holds an object",
    { annotations: ["kubectl.kubernetes.io/last-applied-configuration"] },
    "annotations[0]: holds a whole object",
  ],
  ["settings of another type", { settings: { type: "array" } }, 'settings.type: must be "object"'],
  ["settings without a type", { settings: {} }, 'settings.type: must be "object"'],
  ["a keyword out of the subset", settings({ pattern: "^(a+)+$" }), 'settings: unknown key "pattern"'],
  [
    "one deep inside",
    settings({ properties: { a: { items: { additionalProperties: { format: "x" } } } } }),
    'settings.properties.a.items.additionalProperties: unknown key "format"',
  ],
  ["a type that is none", settings({ properties: { a: { type: "text" } } }), "settings.properties.a.type: "],
  ["additionalProperties: true", settings({ additionalProperties: true }), "settings.additionalProperties: "],
  [
    "a default that doesn't fit",
    settings({ properties: { a: { type: "number", default: "x" } } }),
    "settings.properties.a.default: doesn't fit: settings: must be a number",
  ],
  [
    "a type inside additionalProperties",
    settings({ additionalProperties: { type: "text" } }),
    "settings.additionalProperties.type: ",
  ],
  ["a limit that is no number", settings({ properties: { a: { minimum: "1" } } }), "properties.a.minimum: "],
  [
    "an enum of more than 64",
    settings({ properties: { a: { enum: Array.from({ length: 65 }, (_, at) => at) } } }),
    "settings.properties.a.enum: ",
  ],
  ["an empty enum", settings({ properties: { a: { enum: [] } } }), "settings.properties.a.enum: "],
])("%s is told with its field", (_, value, fault) => {
  expect(read(value)).toEqual({ faults: [expect.stringContaining(fault)] });
});

test.each([
  ["no JSON", "{", "is not JSON"],
  ["too many bytes", `"${"ä".repeat(MAX_METADATA_BYTES / 2)}"`, "has more than 65536 bytes"],
  ["a list in a list, 30,000 deep", "[".repeat(30_000) + "]".repeat(30_000), "is nested more than 16"],
  ["a schema too deep", `{"settings":${nest(8)}}`, "is nested more than 16"],
  ["a number that no double holds", '{"settings":{"type":"object","minimum":1e999}}', "settings.minimum"],
])("%s is a fault, not an error", (_, text, fault) => {
  expect(readMetadata(text)).toEqual({ faults: [expect.stringContaining(fault)] });
});

test("at most 16 faults are told", () => {
  expect(read({ labels: Array.from({ length: 30 }, () => "-") }).faults).toHaveLength(16);
});

test("a member named __proto__ describes nothing", () => {
  const text = '{"settings":{"type":"object","properties":{"__proto__":{"type":"number"}}}}';
  const { metadata, faults } = readMetadata(text);
  expect(faults).toEqual([]);
  expect(Object.keys(metadata?.settings?.properties ?? {})).toEqual([]);
});

test("any text is read, or told why not", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.json({ maxDepth: 6 })), (text) => {
      const { metadata, faults } = readMetadata(text);
      expect(metadata === undefined).toBe(faults.length > 0);
    }),
  );
});
