import { describe, expect, test } from "vitest";
import type { Asks } from "../intent/asks.ts";
import { toHanded } from "./handed.ts";

const runtimeConfig = { portMappings: [{ hostPort: 1 }], mac: "02:00:00:00:00:09" };
const hand = (asks?: Asks, { args = "", isMain = false } = {}) => {
  const call = { verb: "ADD", containerId: "c1", netns: "/n", ifName: "net1", path: [], args } as const;
  return toHanded(asks, { invocation: call, runtimeConfig, isMain });
};

describe("NPWG 36: what the runtime asks for", () => {
  test("is for the main interface alone", () => {
    expect(hand(undefined, { isMain: true }).runtimeConfig).toEqual(runtimeConfig);
    expect(hand().runtimeConfig).toEqual({});
  });

  test("in CNI_ARGS too, as podman puts it there", () => {
    const args = "IgnoreUnknown=1;K8S_POD_NAME=web;MAC=02:00:00:00:00:09;IP=10.0.0.9;GATEWAY=10.0.0.1;IPX=a";
    expect(hand(undefined, { args, isMain: true }).invocation.args).toBe(args);
    expect(hand(undefined, { args }).invocation.args).toBe("IgnoreUnknown=1;K8S_POD_NAME=web;IPX=a");
    expect(hand({ ips: ["10.1.0.5"] }, { args }).invocation.args).toBe(
      "IgnoreUnknown=1;K8S_POD_NAME=web;IPX=a;IP=10.1.0.5",
    );
  });

  test("is beaten by what the pod asks for", () => {
    expect(hand({ mac: "02:00:00:00:00:01" }, { isMain: true }).runtimeConfig).toEqual({
      ...runtimeConfig,
      mac: "02:00:00:00:00:01",
    });
  });
});

test.each<[string, Asks, object]>([
  ["12: ips", { ips: ["10.0.0.5/24", "2001:db8::5"] }, { ips: ["10.0.0.5/24", "2001:db8::5"] }],
  ["13: mac", { mac: "02:00:00:00:00:01" }, { mac: "02:00:00:00:00:01" }],
  [
    "16: portMappings",
    { portMappings: [{ hostPort: 1, containerPort: 2, protocol: "tcp" }] },
    { portMappings: [{ hostPort: 1, containerPort: 2, protocol: "tcp" }] },
  ],
  [
    "17: bandwidth",
    { bandwidth: { ingressRate: 1, ingressBurst: 2 } },
    { bandwidth: { ingressRate: 1, ingressBurst: 2 } },
  ],
  [
    "19: infiniband-guid",
    { infinibandGuid: "24:8a:07:03:00:8d:ae:2e" },
    { infinibandGUID: "24:8a:07:03:00:8d:ae:2e" },
  ],
  ["20, 37: ipam-claim-reference, which delegates read themselves", { ipamClaim: "a" }, {}],
])("NPWG %s, is handed over", (_, asks, expected) => expect(hand(asks).runtimeConfig).toEqual(expected));

test.each<[string, Asks, string, string]>([
  [
    "an address",
    { ips: ["10.0.0.5/24"] },
    "K8S_POD_NAME=web",
    "IgnoreUnknown=1;K8S_POD_NAME=web;IP=10.0.0.5/24",
  ],
  ["no list of addresses", { ips: ["10.0.0.5", "2001:db8::5"] }, "A=b;IP=10.0.0.9", "A=b"],
  [
    "a MAC in place of another",
    { mac: "02:00:00:00:00:01" },
    "IgnoreUnknown=true;MAC=x;IP=10.0.0.9",
    "IgnoreUnknown=true;IP=10.0.0.9;MAC=02:00:00:00:00:01",
  ],
  ["nothing new", {}, ";A=b;odd", ";A=b;odd"],
])("NPWG 12, 13: CNI_ARGS has %s", (...[, asks, args, expected]) =>
  expect(hand(asks, { args, isMain: true }).invocation.args).toBe(expected),
);
