import { expect, test } from "vitest";
import type { PodIntent } from "./intent.ts";
import { findMain, planInterfaceNames } from "./interface-names.ts";

const wish = (ifName?: string, count = 1) => ({
  from: `element ${ifName}`,
  target: { wants: "any", count } as const,
  ifName,
});
const plan = (
  naming: PodIntent["naming"],
  wishes: PodIntent["wishes"],
  { called = "eth0", taken = [] as string[] } = {},
) =>
  planInterfaceNames({ naming, wishes }, { called, taken: new Set(taken) }).flatMap(({ ifNames }) => ifNames);

const eth0 = { called: "eth0", taken: [] };
test.each<{
  what: string;
  asked: (string | undefined)[];
  names: string[];
  where?: { called: string; taken: string[] };
}>([
  {
    what: "the example of CNI-Genie's tests",
    asked: [undefined, "eth4", "eth5", undefined],
    names: ["eth0", "eth4", "eth5", "eth1"],
  },
  { what: "an explicit eth0", asked: ["eth0", undefined], names: ["eth0", "eth1"] },
  { what: "a name of another form", asked: ["net7", undefined], names: ["net7", "eth0"] },
  { what: "explicit names later on", asked: [undefined, undefined, "eth1"], names: ["eth0", "eth2", "eth1"] },
  {
    what: "another name of the runtime's",
    asked: [undefined, undefined],
    names: ["eth3", "eth0"],
    where: { called: "eth3", taken: [] },
  },
  {
    what: "what other calls have made",
    asked: [undefined, undefined],
    names: ["eth1", "eth2"],
    where: { called: "eth1", taken: ["eth0"] },
  },
])("CNI-Genie's way: $what", ({ asked, names, where = eth0 }) => {
  expect(
    plan(
      "eth",
      asked.map((name) => wish(name)),
      where,
    ),
  ).toEqual(names);
});

test.each<[string, (string | undefined)[], string[]]>([
  ["by position", [undefined, undefined, undefined], ["eth0", "net1", "net2"]],
  [
    "a position keeps its number beside explicit names",
    [undefined, "blue0", undefined],
    ["eth0", "blue0", "net2"],
  ],
  ["nobody else gets the name of the default network's interface", ["blue0", undefined], ["blue0", "net1"]],
  ["an explicit name is never given twice", [undefined, "net2", undefined], ["eth0", "net2", "net3"]],
])("the standard's way: %s", (_, wishes, names) => {
  expect(
    plan(
      "net",
      wishes.map((name) => wish(name)),
    ),
  ).toEqual(names);
});

test.each([
  { what: "the one that the runtime asks for", naming: "eth", names: ["eth4", "eth0"], main: "eth0" },
  { what: "else the first", naming: "eth", names: ["eth4", "eth5"], main: "eth4" },
  { what: "the default network's, for the NPWG", naming: "net", names: ["blue0", "eth0"], main: "blue0" },
] as const)("the main interface is $what", ({ naming, names, main }) => {
  const named = names.map((name) => ({ wish: wish(name), ifNames: [name] }));
  expect(findMain(named, { naming, called: "eth0" })).toBe(main);
});

test("a wish for several networks gets as many interfaces", () => {
  const named = planInterfaceNames(
    { naming: "eth", wishes: [wish(undefined, 2), wish()] },
    { called: "eth0", taken: new Set() },
  );
  expect(named.map(({ ifNames }) => ifNames)).toEqual([["eth0", "eth1"], ["eth2"]]);
});

test.each([
  [[wish("eth1"), wish("eth1")], [], "element eth1: the interface name eth1 is asked for twice or in use"],
  [[wish("eth1")], ["eth1"], "element eth1: the interface name eth1 is asked for twice or in use"],
  [[wish(undefined, 65)], [], "the pod asks for 65 interfaces, more than 64"],
])("what can't be is refused: %#", (wishes, taken, message) => {
  expect(() => plan("eth", wishes, { taken })).toThrow(
    expect.objectContaining({ kind: "invalidConfig", message }),
  );
});
