import fc from "fast-check";
import { expect, test } from "vitest";
import type { JsonObject } from "../spec/json.ts";
import { toResult } from "../spec/result.ts";
import {
  type Arranged,
  findTable,
  listUntold,
  planActs,
  type Routing,
  toFitting,
  toRouteStep,
} from "./acts.ts";

const routing: Routing = { without: ["4", "6"], gateways: [], table: 1001, hasProgram: true };
const plan = (result: JsonObject, more: Partial<Routing> = {}, arranged: Partial<Arranged> = {}) =>
  planActs({ ...routing, ...more }, { ifName: "net1", defaults: [], ...arranged, result: toResult(result) });

const ips = [
  { address: "10.0.0.5/24", gateway: "10.0.0.1" },
  { address: "fd00::5/64", gateway: "fd00::1" },
];

test("an interface gets a table for each address, and the main table loses its default routes", () => {
  expect(plan({ ips })).toEqual([
    "table 1001",
    "default 10.0.0.1",
    "default fd00::1",
    "from 10.0.0.5",
    "from fd00::5",
    "undefault 4",
    "undefault 6",
  ]);
});

test("without a table, only the main table changes", () => {
  expect(plan({ ips }, { table: undefined, without: ["6"] })).toEqual(["undefault 6"]);
});

test("gateways that were asked for become the default routes, the first one first", () => {
  const gateways = ["10.0.0.9", "10.0.0.8", "fd00::9"];
  expect(plan({ ips }, { gateways, without: [] }).filter((act) => !act.startsWith("from"))).toEqual([
    "table 1001",
    "default 10.0.0.9",
    "default fd00::9",
    "undefault 4",
    "undefault 6",
    "gateway 10.0.0.9 0",
    "gateway 10.0.0.8 2049",
    "gateway fd00::9 0",
  ]);
});

interface Way {
  readonly result: JsonObject;
  readonly arranged?: Partial<Arranged>;
  readonly gateways: readonly string[];
}

test.each<[string, Way]>([
  [
    "its own route's",
    { result: { ips, routes: [{ dst: "0.0.0.0/0", gw: "10.0.0.7" }] }, gateways: ["10.0.0.7", "fd00::1"] },
  ],
  [
    "that of the route that was left out",
    {
      result: { ips },
      arranged: { defaults: [{ dst: "::/0", gw: "fd00::7" }] },
      gateways: ["10.0.0.1", "fd00::7"],
    },
  ],
  ["none that is known", { result: { ips: [{ address: "10.0.0.5/24" }] }, gateways: [] }],
])("the table's gateway is %s", (_, { result, arranged = {}, gateways }) => {
  const acts = plan(result, {}, arranged).filter((act) => act.startsWith("default"));
  expect(acts).toEqual(gateways.map((gateway) => `default ${gateway}`));
});

test("only the interface's own addresses count, and those of which nobody says whose they are", () => {
  const result = {
    interfaces: [{ name: "cni0" }, { name: "net1", sandbox: "/run/netns/a" }],
    ips: [
      { interface: 0, address: "10.0.0.4/24" },
      { interface: 1, address: "10.0.0.5/24" },
      { interface: -1, address: "10.0.0.6/24" },
      { interface: 9, address: "10.0.0.7/24" },
      { address: "fe80::1/64" },
    ],
  };
  const acts = plan(result).filter((act) => act.startsWith("from"));
  expect(acts).toEqual(["from 10.0.0.5", "from 10.0.0.6", "from 10.0.0.7"]);
});

test("gateways of an interface without an address are still tried: the kernel says why not", () => {
  expect(plan({}, { gateways: ["10.0.0.9"], without: [] })).toContain("gateway 10.0.0.9 0");
});

test("a network that has sbr in its chain gets no table of ours", () => {
  const toPlugins = (...types: readonly string[]) => types.map((type) => ({ type, config: {} }));
  expect(toFitting(routing, { plugins: toPlugins("bridge", "sbr") }).table).toBeUndefined();
  expect(toFitting(routing, { plugins: toPlugins("bridge", "tuning") })).toBe(routing);
});

test.each([
  ["has no address", {}],
  ["has only what is none", { ips: [{ address: "10.0.0/24" }, { address: 'x","table 254' }] }],
])("nothing is done with an interface that %s", (_, result) => {
  expect(plan(result)).toEqual([]);
});

test.each<[string, JsonObject, Partial<Routing>, readonly string[]]>([
  ["of both families", {}, { without: [] }, ["4", "6"]],
  ["but not where one is told", { routes: [{ dst: "0.0.0.0/0" }] }, { without: [] }, ["6"]],
  ["and not where another interface has it", {}, { without: ["6"] }, ["4"]],
])(
  "an interface with addresses may have a default route that nobody told, %s",
  (...[, more, changes, families]) => {
    const result = toResult({ ips, ...more });
    expect(listUntold({ ...routing, ...changes }, { ifName: "net1", defaults: [], result })).toEqual(
      families,
    );
  },
);

test("whatever a plugin answers, acts are plain words", () => {
  const text = fc.oneof(
    fc.string(),
    fc.ipV4(),
    fc.ipV6(),
    fc.constantFrom("10.0.0.5/24", '10.0.0.5","from 1.1.1.1', "fe80::1%eth0"),
  );
  const ip = fc.record({ address: text, gateway: text });
  const route = fc.record({ dst: fc.constantFrom("0.0.0.0/0", "::/0"), gw: text });
  const answer = fc.record({ ips: fc.array(ip), routes: fc.array(route) });
  fc.assert(
    fc.property(answer, (result) => {
      for (const act of plan(result)) expect(act).toMatch(/^[a-z]+ [\da-f.:]+$/);
    }),
  );
});

test("a step tells its table, and others have none", () => {
  const step = toRouteStep(["table 1003", "from 10.0.0.5"], "blue");
  expect(findTable(step)).toBe(1003);
  expect(step.stdin).toMatch(/^\{"acts":\["table 1003","from 10\.0\.0\.5"\],/);
  expect(findTable({ plugin: "bridge", stdin: step.stdin })).toBeUndefined();
  for (const stdin of ["{}", "", '{"acts":["from 10.0.0.5"]}']) {
    expect(findTable({ plugin: "genie-routes", stdin })).toBeUndefined();
  }
});
