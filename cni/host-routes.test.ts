import { expect, test } from "vitest";
import { findDefaultLink, listOnLinks, parseTrie, readHostRoutes } from "./host-routes.ts";

const TRIE = `Main:
  +-- 0.0.0.0/0 3 0 5
     |-- 0.0.0.0
        /0 universe UNICAST
     +-- 10.0.0.0/8 2 0 2
        |-- 10.1.0.0
           /16 link UNICAST
           /24 universe UNICAST
        |-- 10.1.0.7
           /32 host LOCAL
Id 200:
     |-- 172.28.0.0
        /20 universe BLACKHOLE
`;
const HEAD = "Iface\tDestination\tGateway\tFlags\tRefCnt\tUse\tMetric\tMask\n";

test("every table's destinations are listed, but the default", () => {
  expect(parseTrie(TRIE)).toEqual(["10.1.0.0/16", "10.1.0.0/24", "10.1.0.7/32", "172.28.0.0/20"]);
  expect(parseTrie("")).toEqual([]);
});

test.each([
  ["none", HEAD, undefined],
  ["none in a table of others", `${HEAD}eth0\t0000FEA9\t00000000\t0001\t0\t0\t0\t0000FFFF\n`, undefined],
  ["half of everything", `${HEAD}tun0\t00000000\t00000000\t0001\t0\t0\t0\t00000080\n`, undefined],
  [
    "the smallest metric's",
    `${HEAD}wlan0\t00000000\t01\t0003\t0\t0\t600\t00000000\nens3\t00000000\t01\t0003\t0\t0\t100\t00000000\n`,
    "ens3",
  ],
])("the default route's link: %s", (_, text, link) => expect(findDefaultLink(text)).toBe(link));

test("what links lead to by themselves is listed with them", () => {
  const rows = [
    "ens3\t00000000\t0100000A\t0003\t0\t0\t0\t00000000",
    "ens3\t0000020A\t0100000A\t0003\t0\t0\t0\t0000FFFF",
  ];
  const own = [
    "genie0\t00000B0A\t00000000\t0001\t0\t0\t0\t0000FFFF",
    "b\t00201FAC\t00000000\t0001\t0\t0\t0\t00F0FFFF",
  ];
  expect(listOnLinks(`${HEAD}${[...rows, ...own].join("\n")}\n`)).toEqual([
    { link: "genie0", subnet: "10.11.0.0/16" },
    { link: "b", subnet: "172.31.32.0/20" },
  ]);
  expect(listOnLinks("")).toEqual([]);
});

test("the kernel's own files are read", async () => {
  const { subnets } = await readHostRoutes();
  for (const one of subnets) expect(one).toMatch(/^[\d.]+\/\d+$/);
});
