import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { requireAnnotations } from "./annotations.ts";

const CRI = "io.kubernetes.cri.pod-annotations";
const read = (more: object) =>
  Object.fromEntries(
    requireAnnotations(parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more }))),
  );

test.each<[string, object, object]>([
  ["the runtime's", { runtimeConfig: { [CRI]: { cni: "blue", x: "" } } }, { cni: "blue", x: "" }],
  ["none: null from the runtime", { runtimeConfig: { [CRI]: null }, kubernetes: {} }, {}],
  ["none: {} from the runtime", { runtimeConfig: { [CRI]: {} }, kubernetes: {} }, {}],
  ["the runtime's before args", { runtimeConfig: { [CRI]: {} }, args: { cni: "red" } }, {}],
  ["a bare text in args", { args: { cni: "blue" }, kubernetes: {} }, { cni: "blue" }],
  [
    "a map in args, texts only",
    { args: { cni: { cni: "blue", ips: ["10.0.0.1"], labels: {} } } },
    { cni: "blue" },
  ],
  ["no orchestrator", {}, {}],
  ["another capability", { runtimeConfig: { portMappings: [] } }, {}],
])("%s", (_, config, annotations) => expect(read(config)).toEqual(annotations));

test("a Kubernetes pod whose annotations nobody handed over is tried again", () => {
  expect(() => read({ kubernetes: {}, runtimeConfig: { portMappings: [] } })).toThrow(
    expect.objectContaining({ kind: "tryAgainLater", details: expect.stringContaining(CRI) }),
  );
});

test.each([
  [`runtimeConfig["${CRI}"]`, { runtimeConfig: { [CRI]: [] } }],
  [`runtimeConfig["${CRI}"]`, { runtimeConfig: { [CRI]: "cni=blue" } }],
  ["args.cni", { args: { cni: 5 } }],
  ["args.cni", { args: { cni: null } }],
  ["args.cni", { args: { cni: ["blue"] } }],
])("%s that is no map is named: %j", (field, config) => {
  expect(() => read(config)).toThrow(
    expect.objectContaining({ kind: "invalidConfig", message: `${field}: must be an object` }),
  );
});

test("an annotation may have any name", () => {
  const config = `{"name":"g","type":"genie","runtimeConfig":{"${CRI}":{"__proto__":"a","constructor":"b"}}}`;
  expect([...requireAnnotations(parseConfig(config))]).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});
