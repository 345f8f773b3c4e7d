import { describe, expect, test } from "vitest";
import { makeDefinition } from "../../test/fakes/cluster.ts";
import { makeDecision } from "../../test/fakes/decision.ts";
import type { Made } from "../delegate/attach-all.ts";
import type { JsonObject } from "../spec/json.ts";
import { parseNetwork } from "../spec/network.ts";
import { formatNetworkStatus } from "./npwg-status.ts";

interface Case {
  readonly result: JsonObject;
  readonly isDefined?: boolean;
  readonly gateways?: readonly string[];
  readonly score?: number;
}

function make({ result, isDefined = true, gateways, score }: Case): Made {
  const { cniVersion = "1.0.0" } = result;
  const network = parseNetwork(JSON.stringify({ cniVersion, name: "net-a", type: "a" }));
  const definition = isDefined ? makeDefinition("blue", "") : undefined;
  const ranking = [{ network: "net-a", reason: "why", ...(score !== undefined && { score }) }];
  const decision = { ...makeDecision(), ranking, decidedBy: "scores" as const };
  const wish = {
    from: "here",
    target: { wants: "named", network: "net-a" } as const,
    ifName: undefined,
    ...(gateways !== undefined && { gateways }),
  };
  const planned = { wish, ifNames: ["net1"], networks: [{ file: "", network }], decision };
  return { planned, ifName: "net1", network, definition, result: { cniVersion, ...result } };
}
const format = (...cases: Case[]): JsonObject[] => JSON.parse(formatNetworkStatus(cases.map(make)));
const decision = { "io.github.cni-genie.decision": { decidedBy: "scores", reason: "why" } };
const inside = (name: string, more: object = {}) => ({ name, sandbox: "/run/netns/a", ...more });
const usual = { interfaces: [inside("eth0")], ips: [{ interface: 0, address: "10.0.0.5/24" }] };

test("NPWG 24, 27: an element says all that its result says", () => {
  const result = {
    interfaces: [
      { name: "veth1", mac: "aa:aa:aa:aa:aa:aa" },
      inside("net1", { mac: "02:00:00:00:00:01", mtu: 1400 }),
    ],
    ips: [
      { interface: 1, address: "10.0.0.5/24", gateway: "10.0.0.1" },
      { interface: 1, address: "2001:db8::5/64" },
      { interface: 0, address: "10.0.0.9/24" },
    ],
    routes: [
      { dst: "0.0.0.0/0", gw: "10.0.0.1" },
      { dst: "10.1.0.0/16", gw: "10.0.0.7" },
      { dst: "0.0.0.0/0", gw: "10.0.0.8", table: 100 },
      { dst: "::/0", gw: "2001:db8::1" },
    ],
    dns: { nameservers: ["10.0.0.2"], domain: "a.example", search: ["b.example"], options: ["x"] },
  };
  expect(format({ result: usual }, { result, gateways: ["10.0.0.3"], score: 0.5 })[1]).toEqual({
    name: "shop/blue",
    interface: "net1",
    ips: ["10.0.0.5", "2001:db8::5"],
    mac: "02:00:00:00:00:01",
    mtu: 1400,
    default: false,
    dns: { nameservers: ["10.0.0.2"], domain: "a.example", search: ["b.example"] },
    gateway: ["10.0.0.1", "2001:db8::1"],
    "default-route": ["10.0.0.3"],
    "io.github.cni-genie.decision": { decidedBy: "scores", reason: "why", score: 0.5 },
  });
});

test("NPWG 26: the default network's element says so, and no other", () => {
  const all = format({ result: usual, isDefined: false }, { result: usual }, { result: usual });
  expect(all.map(({ name, default: is }) => [name, is])).toEqual([
    ["net-a", true],
    ["shop/blue", false],
    ["shop/blue", false],
  ]);
});

describe("NPWG 25: a result", () => {
  test.each<[string, JsonObject, object[]]>([
    [
      "without anything is told by a minimal map",
      {},
      [{ name: "shop/blue", default: true, dns: {}, ...decision }],
    ],
    [
      "of CNI 0.2.0 tells its addresses, on the interface that was asked for",
      {
        cniVersion: "0.2.0",
        ip4: { ip: "10.0.0.5/24", routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }] },
        ip6: { ip: "2001:db8::5/64" },
      },
      [
        {
          name: "shop/blue",
          interface: "net1",
          ips: ["10.0.0.5", "2001:db8::5"],
          default: true,
          dns: {},
          gateway: ["10.0.0.1"],
          ...decision,
        },
      ],
    ],
    [
      "whose interfaces are all on the node tells addresses that belong to none",
      {
        interfaces: [{ name: "br0", sandbox: "" }],
        ips: [
          { interface: 0, address: "10.0.0.1/24" },
          { address: "10.0.0.5/24" },
          { interface: -1, address: "10.0.0.6/24" },
        ],
      },
      [{ name: "shop/blue", ips: ["10.0.0.5"], default: true, dns: {}, ...decision }],
    ],
    [
      "of L2 alone has no address",
      { interfaces: [inside("net1")] },
      [{ name: "shop/blue", interface: "net1", default: true, dns: {}, ...decision }],
    ],
    [
      "with several interfaces has an element for each; the one with a gateway is the default",
      {
        interfaces: [inside("a"), { name: "host" }, inside("b", { mac: "02:00:00:00:00:02" })],
        ips: [{ interface: 2, address: "10.0.0.5/24", gateway: "10.0.0.1" }, { address: "10.0.0.6/24" }],
      },
      [
        { name: "shop/blue", interface: "a", ips: ["10.0.0.6"], default: false, dns: {}, ...decision },
        {
          name: "shop/blue",
          interface: "b",
          ips: ["10.0.0.5"],
          mac: "02:00:00:00:00:02",
          default: true,
          dns: {},
          ...decision,
        },
      ],
    ],
    [
      "whose default route has no gateway tells the address's",
      {
        interfaces: [inside("a")],
        ips: [{ interface: 0, address: "10.0.0.5/24", gateway: "10.0.0.1" }],
        routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
      },
      [
        {
          name: "shop/blue",
          interface: "a",
          ips: ["10.0.0.5"],
          default: true,
          dns: {},
          gateway: ["10.0.0.1"],
          ...decision,
        },
      ],
    ],
    [
      "of odd types tells what is there",
      {
        interfaces: [5, inside("a", { mac: 7, mtu: "x" })],
        ips: "x",
        routes: {},
        dns: { nameservers: [1, "a"], domain: 5, search: "b" },
      },
      [{ name: "shop/blue", interface: "a", default: true, dns: { nameservers: ["a"] }, ...decision }],
    ],
  ])("%s", (_, result, expected) => expect(format({ result })).toEqual(expected));
});

test("NPWG 22: the same network twice has two elements", () => {
  const twice = ["net1", "net2"].map((name) => ({ result: { interfaces: [inside(name)] } }));
  expect(format(...twice).map(({ interface: name }) => name)).toEqual(["net1", "net2"]);
});

test("NPWG 24: the text is compact and bounded, whatever plugins say", () => {
  expect(formatNetworkStatus([make({ result: usual })])).not.toMatch(/\n|": /);
  const long = "x".repeat(10_000);
  const ips = Array.from({ length: 1_000 }, (_, at) => ({ interface: 0, address: `${long}${at}/24` }));
  const dns = { nameservers: ips.map(() => long), search: ips.map(() => long), domain: long };
  const huge = make({ result: { interfaces: [inside("a", { mac: long })], ips, dns } });
  const text = formatNetworkStatus(Array.from({ length: 64 }, () => huge));
  expect(text.length).toBeLessThan(131_072);
  expect(JSON.parse(text)).toHaveLength(64);
});
