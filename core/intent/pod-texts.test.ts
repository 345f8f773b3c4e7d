import { expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import { makeCluster, makePodObject } from "../../test/fakes/cluster.ts";
import { readPodTexts } from "./pod-texts.ts";

const CRI = "io.kubernetes.cri.pod-annotations";
const POD = { namespace: "shop", name: "web", uid: "u1" };
const NEVER = new AbortController().signal;

const configOf = (more: object) => parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more }));

async function read(more: object, shown?: ReadonlyMap<string, string>): Promise<object> {
  const cluster = shown && makeCluster({ pods: [makePodObject({ annotations: shown })] });
  const texts = await readPodTexts({ pod: POD, config: configOf(more) }, { cluster, signal: NEVER });
  return Object.fromEntries(texts.annotations);
}

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
])("%s", async (_, config, annotations) => {
  expect(await read(config)).toEqual(annotations);
});

test("what nobody handed over is asked for, and nothing else is", async () => {
  const shown = new Map([["cni", "green"]]);
  expect(await read({ runtimeConfig: { portMappings: [] } }, shown)).toEqual({ cni: "green" });
  expect(await read({ runtimeConfig: { [CRI]: null } }, shown)).toEqual({});
  expect(await read({ args: { cni: "red" } }, shown)).toEqual({ cni: "red" });
});

test.each([
  [`runtimeConfig["${CRI}"]`, { runtimeConfig: { [CRI]: [] } }],
  [`runtimeConfig["${CRI}"]`, { runtimeConfig: { [CRI]: "cni=blue" } }],
  ["args.cni", { args: { cni: 5 } }],
  ["args.cni", { args: { cni: null } }],
  ["args.cni", { args: { cni: ["blue"] } }],
])("%s that is no map is named: %j", async (field, config) => {
  await expect(read(config)).rejects.toEqual(
    expect.objectContaining({ kind: "invalidConfig", message: `${field}: must be an object` }),
  );
});

test.each([
  [`runtimeConfig["${CRI}"]["cni"]`, { runtimeConfig: { [CRI]: { cni: 5, x: 6 } } }],
  [`runtimeConfig["${CRI}"]["networks"]`, { runtimeConfig: { [CRI]: { networks: ["net1"] } } }],
  ['args.cni["cni"]', { args: { cni: { cni: null } } }],
  ['args.cni["k8s.v1.cni.cncf.io/networks"]', { args: { cni: { "k8s.v1.cni.cncf.io/networks": [] } } }],
])("%s that is no text is named", async (field, config) => {
  await expect(read(config)).rejects.toEqual(
    expect.objectContaining({ kind: "invalidConfig", message: `${field}: must be a text` }),
  );
});

test("an annotation may have any name", async () => {
  const config = `{"name":"g","type":"genie","runtimeConfig":{"${CRI}":{"__proto__":"a","constructor":"b"}}}`;
  const ports = { cluster: undefined, signal: NEVER };
  expect([...(await readPodTexts({ pod: POD, config: parseConfig(config) }, ports)).annotations]).toEqual([
    ["__proto__", "a"],
    ["constructor", "b"],
  ]);
});

test.each<[string, object, readonly string[], object | undefined]>([
  ["of the pod that is asked for anyway", {}, ["findPod shop/web"], { app: "shown" }],
  ["unknown where the annotations were handed over", { runtimeConfig: { [CRI]: null } }, [], undefined],
  ["handed over", { args: { cni: { labels: [{ key: "app", value: "handed" }] } } }, [], { app: "handed" }],
])("the labels are %s", async (...[, more, asked, labels]) => {
  const cluster = makeCluster({ pods: [makePodObject({ labels: new Map([["app", "shown"]]) })] });
  const texts = await readPodTexts({ pod: POD, config: configOf(more) }, { cluster, signal: NEVER });
  expect(texts.labels && Object.fromEntries(texts.labels)).toEqual(labels);
  expect(cluster.takeCalls()).toEqual(asked);
});
