import { expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { readMetadata } from "../../core/metadata/metadata.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { inspectComponent } from "../../core/wasm/component.ts";
import { listAnnotationFaults, planModuleAnnotations } from "./module-annotations.ts";

const SAID = {
  description: "near\u001b[31m or\u202e far",
  kpis: { required: ["latency-ms", "loss"], optional: ["acme.example/queue"] },
  labels: ["zone"],
  annotations: ["acme.example/tier", "*"],
  settings: { type: "object", properties: { zone: { type: "string", title: "\u2028" } } },
};
const { metadata } = readMetadata(JSON.stringify(SAID));
const bare = await makeComponent(SCORER);
const wasm = metadata && withMetadata(bare, metadata);
const shape = inspectComponent(bare);

test("they say what the binary says of itself, in one line each", () => {
  expect(planModuleAnnotations(wasm ?? bare, shape)).toEqual({
    "io.github.cni-genie.module.kind": "scorer",
    "io.github.cni-genie.module.world": "genie:selection@1.0.0",
    "io.github.cni-genie.module.kpis.required": "latency-ms,loss",
    "io.github.cni-genie.module.kpis.optional": "acme.example/queue",
    "io.github.cni-genie.module.labels": "zone",
    "io.github.cni-genie.module.annotations": "acme.example/tier,*",
    "io.github.cni-genie.module.settings-schema":
      '{"type":"object","properties":{"zone":{"type":"string","title":"\\u2028"}}}',
    "org.opencontainers.image.description": "near or  far",
  });
});

test("without metadata, or with none that can be read, only what the exports say", () => {
  const torn = Buffer.concat([bare, Buffer.from([0, 100])]);
  for (const each of [bare, torn]) {
    expect(planModuleAnnotations(each, shape)).toEqual({
      "io.github.cni-genie.module.kind": "scorer",
      "io.github.cni-genie.module.world": "genie:selection@1.0.0",
    });
  }
  expect(planModuleAnnotations(bare, { imports: [], exports: [] })).toEqual({});
});

test("what agrees, what isn't said and what is none of ours is no fault", () => {
  const agreed = planModuleAnnotations(wasm ?? bare, shape);
  const other = {
    "org.opencontainers.image.description": "the publisher's own words",
    "io.github.cni-genie.module.settings-schema":
      '{ "properties": {"zone":{"title":"\\u2028","type":"string"}}, "type": "object" }',
  };
  for (const found of [agreed, {}, other]) {
    expect(listAnnotationFaults(found, wasm ?? bare)).toEqual([]);
  }
});

test.each([
  [
    "another kind",
    { "io.github.cni-genie.module.kind": "selector" },
    '"selector", the module itself "scorer"',
  ],
  ["a KPI less", { "io.github.cni-genie.module.kpis.required": "loss" }, 'itself "latency-ms,loss"'],
  ["another schema", { "io.github.cni-genie.module.settings-schema": "{}" }, 'settings-schema says "{}"'],
  ["no schema", { "io.github.cni-genie.module.settings-schema": "{" }, 'settings-schema says "{"'],
])("%s is a fault", (_, found, words) => {
  expect(listAnnotationFaults(found, wasm ?? bare)).toEqual([expect.stringContaining(words)]);
});

test("what the binary says nothing of is a fault, and told in short", () => {
  const found = { "io.github.cni-genie.module.labels": "x".repeat(1000) };
  expect(listAnnotationFaults(found, bare)).toEqual([
    `the annotation io.github.cni-genie.module.labels says "${"x".repeat(100)}", the module itself nothing`,
  ]);
});
