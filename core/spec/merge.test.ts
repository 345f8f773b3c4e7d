import { expect, test } from "vitest";
import { mergeResults } from "./merge.ts";
import type { Result } from "./result.ts";

const empty: Result = { interfaces: [], ips: [], routes: [], dns: {} };
const before: Result = {
  interfaces: [{ name: "cni0" }, { name: "eth0" }],
  ips: [{ interface: 1, address: "10.0.0.2/24" }],
  routes: [{ dst: "0.0.0.0/0" }],
  dns: { nameservers: ["10.0.0.1"] },
};
const ours: Result = {
  interfaces: [{ name: "net1" }],
  ips: [{ interface: 0, address: "10.1.0.2/24" }, { address: "10.2.0.2/24" }],
  routes: [{ dst: "10.1.0.0/16" }],
  dns: {},
};

test("what was there comes first, and our addresses still mean our interfaces", () => {
  expect(mergeResults(before, ours)).toEqual({
    interfaces: [{ name: "cni0" }, { name: "eth0" }, { name: "net1" }],
    ips: [
      { interface: 1, address: "10.0.0.2/24" },
      { interface: 2, address: "10.1.0.2/24" },
      { address: "10.2.0.2/24" },
    ],
    routes: [{ dst: "0.0.0.0/0" }, { dst: "10.1.0.0/16" }],
    dns: { nameservers: ["10.0.0.1"] },
  });
});

test("nothing before or nothing of ours changes nothing", () => {
  expect(mergeResults(empty, ours)).toEqual(ours);
  expect(mergeResults(before, empty)).toEqual(before);
});

test("our DNS counts if we have one", () => {
  const dns = { nameservers: ["10.1.0.1"], search: ["shop"] };
  expect(mergeResults(before, { ...ours, dns }).dns).toEqual(dns);
});

test.each([-1, "0", null])("an interface of %j means none, and stays", (at) => {
  const ips = [{ interface: at, address: "10.1.0.2/24" }];
  expect(mergeResults(before, { ...ours, ips }).ips[1]).toEqual(ips[0]);
});
