import fc from "fast-check";
import { expect, test } from "vitest";
import { type Config, parseConfig } from "../config.ts";
import { findArgsWishes, withoutWishes } from "./cni-args.ts";
import { toConventional } from "./conventions.ts";
import { findLabels } from "./labels.ts";
import { readPodTexts } from "./pod-texts.ts";

const CRI = "io.kubernetes.cri.pod-annotations";

function convert(more: object, args = "") {
  const config = parseConfig(JSON.stringify({ name: "genie", type: "genie", ...more }));
  const invocation = {
    verb: "ADD",
    containerId: "c1",
    netns: "/run/netns/a",
    ifName: "eth0",
    args,
    path: [],
  } as const;
  return toConventional({ invocation, config });
}

const NOBODY = { namespace: "", name: "", uid: "" };
const NO_CLUSTER = { cluster: undefined, signal: new AbortController().signal };
const read = async (config: Config) =>
  Object.fromEntries((await readPodTexts({ pod: NOBODY, config }, NO_CLUSTER)).annotations);

const mesos = (labels: Record<string, string>, more: object = {}) => ({
  "org.apache.mesos": {
    network_info: {
      labels: { labels: Object.entries(labels).map(([key, value]) => ({ key, value })) },
      ...more,
    },
  },
});

const ARGS = "IgnoreUnknown=1;cni=blue";

test.each<[string, object, object]>([
  ["CNI_ARGS, where nobody else says anything", {}, { cni: "blue" }],
  ["Mesos before CNI_ARGS", { args: mesos({ cni: "red" }) }, { cni: "red" }],
  ["Mesos, which says nothing, before CNI_ARGS", { args: mesos({ app: "a" }) }, {}],
  ["args.cni before Mesos", { args: { cni: "green", ...mesos({ cni: "red" }) } }, { cni: "green" }],
  ["args.cni before CNI_ARGS", { args: { cni: { networks: "a" } } }, { networks: "a" }],
  ["the CRI before all", { runtimeConfig: { [CRI]: null }, args: mesos({ cni: "red" }) }, {}],
])("%s", async (_, config, annotations) => {
  const call = convert(config, ARGS);
  expect(await read(call.config)).toEqual(annotations);
  expect(call.invocation.args).toBe("IgnoreUnknown=1");
});

test("what nobody says is as it was", () => {
  const { config, invocation } = convert({ args: { other: 1 } }, "A=b;;c");
  expect(config).toMatchObject({ args: { other: 1 } });
  expect(config.runtimeConfig).toBeUndefined();
  expect(invocation.args).toBe("A=b;;c");
});

test("Mesos' labels are the pod's labels, and those that are wishes its annotations", async () => {
  const { config } = convert({ args: mesos({ app: "shop", cni: "", labels: "x" }) });
  expect(Object.fromEntries(findLabels(config) ?? [])).toEqual({ app: "shop", cni: "", labels: "x" });
  expect(await read(config)).toEqual({ cni: "" });
});

test("Mesos' port mappings are a capability's, unless the runtime has said others", () => {
  const args = mesos({}, { port_mappings: [{ host_port: 8080, container_port: 80 }] });
  const mapped = [{ hostPort: 8080, containerPort: 80, protocol: "tcp" }];
  expect(convert({ args }).config.runtimeConfig).toEqual({ portMappings: mapped });
  const runtimeConfig = { portMappings: [], dns: {} };
  expect(convert({ args, runtimeConfig }).config.runtimeConfig).toEqual(runtimeConfig);
});

const text = fc.string({ unit: "binary", maxLength: 40 });
const key = fc.oneof(fc.constantFrom("cni", "networks", "K8S_ANNOT", "IgnoreUnknown", "__proto__"), text);
const cniArgs = fc.oneof(
  text,
  fc.array(fc.tuple(key, text).map((pair) => pair.join("="))).map((pairs) => pairs.join(";")),
  fc.json().map((json) => `A=b;K8S_ANNOT=${json}`),
);
const networkInfo = fc.oneof(
  fc.jsonValue(),
  fc.record({
    labels: fc.record({ labels: fc.array(fc.record({ key, value: fc.oneof(text, fc.jsonValue()) })) }),
  }),
  fc.record({
    port_mappings: fc.array(fc.record({ host_port: fc.nat(70_000), container_port: fc.jsonValue() })),
  }),
);

test("whatever Mesos and CNI_ARGS hold, it is understood or refused, and no plugin sees a wish", () => {
  const run = fc.property(cniArgs, fc.option(networkInfo), (args, info) => {
    const more = info === null ? {} : { args: { "org.apache.mesos": { network_info: info } } };
    try {
      const { invocation } = convert(more, args);
      expect(findArgsWishes(invocation.args)).toBeUndefined();
      expect(withoutWishes(invocation.args)).toBe(invocation.args);
    } catch (error) {
      const kind = expect.stringMatching(/^invalid(Config|Environment)$/);
      expect(error).toMatchObject({ name: "Failure", kind });
      expect(String(error).length).toBeLessThan(20_000);
    }
  });
  fc.assert(run, { numRuns: 1000 });
});
