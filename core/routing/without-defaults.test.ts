import { expect, test } from "vitest";
import { parseNetwork } from "../spec/network.ts";
import type { Family } from "./family.ts";
import { listConfiguredDefaults, withoutDefaults } from "./without-defaults.ts";

const parse = (...plugins: readonly object[]) =>
  parseNetwork(JSON.stringify({ cniVersion: "1.0.0", name: "blue", plugins }));
const strip = (families: readonly Family[], ...plugins: readonly object[]) =>
  withoutDefaults(parse(...plugins), families).plugins.map(({ config }) => config);

const routes = [{ dst: "0.0.0.0/0", gw: "10.0.0.1" }, { dst: "10.0.0.0/8" }, { dst: "::/0" }];
const OF_OWN_TABLE = { dst: "0.0.0.0/0", gw: "10.0.0.1", table: 100 };
const bridge = { type: "bridge", isDefaultGateway: true, ipam: { type: "host-local", routes, other: 1 } };

test("the default routes of the families go, and nothing else", () => {
  expect(strip(["4"], { ...bridge, mtu: 1400 }, { type: "tuning" })).toEqual([
    { ...bridge, mtu: 1400, ipam: { type: "host-local", routes: routes.slice(1), other: 1 } },
    { type: "tuning" },
  ]);
  expect(strip(["4", "6"], bridge)).toEqual([
    {
      type: "bridge",
      isGateway: true,
      isDefaultGateway: false,
      ipam: { type: "host-local", routes: [routes[1]], other: 1 },
    },
  ]);
});

test.each<[string, object]>([
  ["no IPAM", { type: "macvlan" }],
  ["an empty IPAM", { type: "macvlan", ipam: {} }],
  ["an IPAM that is none", { type: "macvlan", ipam: "none" }],
  ["routes that are none", { type: "macvlan", ipam: { routes: "all" } }],
  ["a default route of a table of the network's own", { type: "macvlan", ipam: { routes: [OF_OWN_TABLE] } }],
  ["routes of another kind", { type: "macvlan", ipam: { routes: ["0.0.0.0/0", null, { dst: 4 }] } }],
])("%s stays as it is", (_, plugin) => {
  expect(strip(["4", "6"], plugin)).toEqual([plugin]);
  expect(listConfiguredDefaults(parse(plugin))).toEqual([]);
});

test("without a family, the network is the same", () => {
  const network = parse(bridge);
  expect(withoutDefaults(network, [])).toBe(network);
  expect(listConfiguredDefaults(network)).toEqual([routes[0], routes[2]]);
});
