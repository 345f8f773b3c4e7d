import { expect, test } from "vitest";
import { readMetadata } from "../core/metadata/metadata.ts";
import { type ModuleTraits, planModuleDiff } from "./module-diff.ts";

const EXPORTS = ["genie:selection/types@1.0.0", "genie:selection/scoring@1.0.0"];

function make(said: object, more: Partial<ModuleTraits> = {}): ModuleTraits {
  const { metadata, faults } = readMetadata(JSON.stringify(said));
  expect(faults).toEqual([]);
  return { shape: { imports: [], exports: EXPORTS }, sizeBytes: 100, metadata, ...more };
}

const SETTINGS = { type: "object", properties: { limit: { type: "number", default: 1 } } };

test("the same differ in nothing", () => {
  const one = make({ description: "x", kpis: { required: ["loss"] }, settings: SETTINGS });
  expect(planModuleDiff(one, structuredClone(one))).toEqual([]);
});

test.each<[string, ModuleTraits, ModuleTraits, string[]]>([
  ["the size", make({}), make({}, { sizeBytes: 200 }), ["size: 100 bytes → 200 bytes"]],
  [
    "the kind",
    make({}),
    make(
      {},
      { shape: { imports: [], exports: ["genie:selection/types@1.1.0", "genie:selection/selecting@1.1.0"] } },
    ),
    [
      "kind: scorer → selector",
      "world: genie:selection@1.0.0 → genie:selection@1.1.0",
      "export genie:selection/types@1.0.0: yes → null",
      "export genie:selection/scoring@1.0.0: yes → null",
      "export genie:selection/types@1.1.0: null → yes",
      "export genie:selection/selecting@1.1.0: null → yes",
    ],
  ],
  [
    "an import",
    make({}),
    make({}, { shape: { imports: ["wasi:clocks/wall-clock@0.2.0"], exports: EXPORTS } }),
    ["import wasi:clocks/wall-clock@0.2.0: null → yes"],
  ],
  [
    "KPIs",
    make({ kpis: { required: ["loss"], optional: ["jitter"] } }),
    make({ kpis: { required: ["jitter"] } }),
    ["KPI jitter: optional → required", "KPI loss: required → null"],
  ],
  [
    "labels",
    make({ labels: ["app"] }),
    make({ labels: ["tier"] }),
    ["label app: yes → null", "label tier: null → yes"],
  ],
  [
    "a setting",
    make({ settings: SETTINGS }),
    make({
      settings: {
        ...SETTINGS,
        properties: {
          limit: { type: "integer", default: 1 },
          zones: { type: "array", items: { type: "string" } },
        },
        required: ["limit"],
        additionalProperties: false,
      },
    }),
    [
      'settings.limit: type: "number" → "integer"',
      "settings.limit: required: null → yes",
      'settings.zones: type: null → "array"',
      'settings.zones[]: type: null → "string"',
      "settings: other keys: null → refused",
    ],
  ],
  [
    "all of the metadata",
    make({ description: "x" }),
    make({}, { metadata: undefined }),
    ["description: x → null"],
  ],
])("tells %s", (_, ...[old, now, lines]) => {
  expect(planModuleDiff(old, now).map((one) => `${one.where}: ${one.old} → ${one.now}`)).toEqual(lines);
});
