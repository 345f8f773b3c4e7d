/** Results of several attachments in one. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { joinResults, toStandalone } from "./merge.ts";
import type { Result } from "./result.ts";

const empty: Result = { interfaces: [], ips: [], routes: [], dns: {} };
const at = { ifName: "net1", netns: "/run/netns/a" };

test("the first one's DNS comes first, and its domain is the domain", () => {
  const one = { ...empty, dns: { domain: "one", nameservers: ["10.0.0.1"], options: ["rotate"] } };
  const other = {
    ...empty,
    dns: { domain: "other", nameservers: ["10.0.0.2", "10.0.0.1"], search: ["shop"] },
  };
  expect(joinResults(one, other).dns).toEqual({
    domain: "one",
    nameservers: ["10.0.0.1", "10.0.0.2"],
    options: ["rotate"],
    search: ["shop"],
  });
  expect(joinResults(empty, other).dns).toMatchObject({ domain: "other" });
});

test("a route without a gateway takes that of its own network, unless it leads to the link or has none to take", () => {
  const ips = [
    { address: "10.0.0.5/24", gateway: "10.0.0.1" },
    { address: "10.0.1.5/24", gateway: "10.0.1.1" },
    { address: "fd00::5/64" },
  ];
  const routes = [
    { dst: "0.0.0.0/0" },
    { dst: "10.9.0.0/16", gw: "10.0.0.7" },
    { dst: "::/0" },
    { dst: "10.8.0.0/16", scope: 253 },
  ];
  expect(toStandalone({ ...empty, ips, routes }, at).routes).toEqual([
    { dst: "0.0.0.0/0", gw: "10.0.0.1" },
    ...routes.slice(1),
  ]);
});

test("addresses of a result without interfaces are said to be those of the interface that was made", () => {
  const ips = [{ address: "10.0.0.5/24" }];
  expect(toStandalone({ ...empty, ips }, at)).toMatchObject({
    interfaces: [{ name: "net1", sandbox: "/run/netns/a" }],
    ips: [{ address: "10.0.0.5/24", interface: 0 }],
  });
  expect(toStandalone(empty, at)).toEqual(empty);
});

const index = fc.oneof(fc.integer({ min: -2, max: 4 }), fc.constantFrom(undefined, 1.5, "0", null));
const name = fc.constantFrom("a", "b", "c");
const result: fc.Arbitrary<Result> = fc.record({
  interfaces: fc.array(fc.record({ name }), { maxLength: 3 }),
  ips: fc.array(fc.record({ address: fc.constantFrom("10.0.0.5/24", "fd00::5/64"), interface: index }), {
    maxLength: 3,
  }),
  routes: fc.array(fc.record({ dst: fc.constantFrom("0.0.0.0/0", "::/0") }), { maxLength: 2 }),
  dns: fc.record(
    { domain: name, nameservers: fc.array(name, { maxLength: 2 }), search: fc.array(name, { maxLength: 2 }) },
    { requiredKeys: [] },
  ),
});

test("which two are joined first makes no difference", () => {
  fc.assert(
    fc.property(result, result, result, (a, b, c) => {
      expect(joinResults(joinResults(a, b), c)).toEqual(joinResults(a, joinResults(b, c)));
    }),
  );
});

test("what an address says of its interface stays true, or is no longer said", () => {
  fc.assert(
    fc.property(result, result, (a, b) => {
      const { interfaces, ips } = joinResults(a, b);
      for (const [at, ip] of ips.slice(a.ips.length).entries()) {
        const before = b.ips[at]?.["interface"];
        const now = ip["interface"];
        if (typeof now !== "number" || now < 0) continue;
        expect(interfaces[now]).toBe(b.interfaces[Number(before)]);
        expect(interfaces[now]).toBeDefined();
      }
    }),
  );
});
