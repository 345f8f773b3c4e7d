import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { NetworkFacts } from "../config.ts";
import { listNetworks } from "../networks/candidates.ts";
import { findTraffic, toTrafficSamples } from "./link-traffic.ts";

type Counters = Readonly<Record<string, readonly [received: number, sent: number]>>;
const look = (second: number, counters: Counters) => ({
  timestamp: `2026-01-01T00:00:0${second}.123456789Z`,
  network: {
    interfaces: Object.entries(counters).map(([name, [rx, tx]]) => ({ name, rx_bytes: rx, tx_bytes: tx })),
  },
});
const find = (...stats: unknown[]) => findTraffic(JSON.stringify({ name: "/", stats }));

test("a link's traffic is what was counted between the last two looks", () => {
  const traffic = find(
    look(1, { veth1: [0, 0] }),
    look(2, { veth1: [9_000_000, 0], gone: [1, 1] }),
    look(4, { veth1: [9_500_000, 250_000], fresh: [1, 1] }),
  );
  expect(traffic).toEqual({
    takenAtMs: Date.parse("2026-01-01T00:00:04.123Z"),
    byLink: new Map([["veth1", { receivedMbps: 2, sentMbps: 1 }]]),
  });
});

test("a link whose counter was set back is left out", () => {
  const traffic = find(
    look(1, { a: [5, 5], b: [5, 5], c: [5, 5] }),
    look(2, { a: [4, 9], b: [9, 4], c: [5, 5] }),
  );
  expect([...(traffic?.byLink.keys() ?? [])]).toEqual(["c"]);
});

describe("there is nothing in", () => {
  const good = look(1, { a: [1, 1] });
  test.each<[string, string]>([
    ["nothing", ""],
    ["what is no object", "[]"],
    ["no looks", '{"stats":{}}'],
    ["one look", JSON.stringify({ stats: [good] })],
    ["the same look twice", JSON.stringify({ stats: [good, good] })],
    ["looks backwards", JSON.stringify({ stats: [look(2, {}), good] })],
    ["a look without a time", JSON.stringify({ stats: [good, { network: good.network }] })],
    ["a look without links", JSON.stringify({ stats: [good, { timestamp: good.timestamp, network: {} }] })],
  ])("%s", (_, text) => expect(findTraffic(text)).toBeUndefined());

  test("whatever else may come", () => {
    const links = fc.array(
      fc.record({ name: fc.anything(), rx_bytes: fc.anything(), tx_bytes: fc.anything() }),
    );
    const stat = fc.oneof(
      fc.jsonValue(),
      fc.record({
        timestamp: fc.constantFrom("2026-01-01", "2026-01-02"),
        network: fc.record({ interfaces: links }),
      }),
    );
    fc.assert(fc.property(fc.array(stat), (stats) => void find(...stats)));
  });
});

describe("a network's samples", () => {
  const facts = (interfaces: readonly string[]): NetworkFacts => ({
    attributes: {},
    kpis: {},
    interfaces: [...interfaces],
  });
  const files = {
    "10-weave.conf": { name: "net", type: "bridge" },
    "20-x.conflist": { name: "x", plugins: [{ type: "flannel" }, { type: "portmap" }] },
    "30-cni.conf": { name: "cni", type: "ptp" },
  };
  const { networks } = listNetworks(
    {
      files: Object.entries(files).map(([name, file]) => ({ name, text: JSON.stringify(file) })),
      pluginFilesByNetwork: new Map(),
    },
    { type: "genie" },
  );
  const one = { receivedMbps: 1, sentMbps: 3 };
  const byLink = new Map(
    ["weave", "weavbr1", "wea", "flannel.1", "port0", "cni0", "eth0"].map((link) => [link, one]),
  );
  const samples = (named: Readonly<Record<string, readonly string[]>>) =>
    toTrafficSamples(
      { takenAtMs: 7, byLink },
      networks,
      Object.fromEntries(Object.entries(named).map(([name, links]) => [name, facts(links)])),
    ).map(({ network, kpi, value }) => `${network} ${kpi} ${value}`);

  test("are the sums over the links that begin as it or its first plugin does, by four letters", () => {
    expect(samples({})).toEqual([
      "net received-mbps 2",
      "net sent-mbps 6",
      "x received-mbps 1",
      "x sent-mbps 3",
    ]);
  });

  test("are those of the links that the admin names, and of no others", () => {
    expect(samples({ net: ["eth0"], x: ["none"], cni: ["cni0", "port0"] })).toEqual([
      "net received-mbps 1",
      "net sent-mbps 3",
      "cni received-mbps 2",
      "cni sent-mbps 6",
    ]);
  });
});
