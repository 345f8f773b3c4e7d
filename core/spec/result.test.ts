import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { toResult, writeResult } from "./result.ts";
import { CNI_VERSIONS, type CniVersion, isBeforeIpList } from "./versions.ts";

const full = {
  interfaces: [{ name: "eth0", mac: "00:11:22:33:44:55", sandbox: "/run/netns/a" }],
  ips: [
    { address: "10.1.0.5/16", gateway: "10.1.0.1", interface: 0 },
    { address: "fd00::5/64", interface: 0 },
  ],
  routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0", gw: "fd00::1" }],
  dns: { nameservers: ["10.1.0.1"], domain: "local" },
};

test.each<[CniVersion, JsonObject]>([
  ["1.1.0", full],
  ["1.0.0", full],
  ["0.4.0", { ...full, ips: full.ips.map((ip, at) => ({ version: at === 0 ? "4" : "6", ...ip })) }],
  [
    "0.2.0",
    {
      ip4: { ip: "10.1.0.5/16", gateway: "10.1.0.1", routes: [{ dst: "0.0.0.0/0" }] },
      ip6: { ip: "fd00::5/64", routes: [{ dst: "::/0", gw: "fd00::1" }] },
      dns: full.dns,
    },
  ],
])("in %s", (cniVersion, said) => {
  expect(writeResult(full, cniVersion)).toEqual({ cniVersion, ...said });
});

test("a result of 0.2.0 is lifted", () => {
  const old = { cniVersion: "0.2.0", ip4: { ip: "10.1.0.5/16", routes: [{ dst: "10.0.0.0/8" }] }, dns: {} };
  expect(writeResult(toResult(old), "1.0.0")).toEqual({
    cniVersion: "1.0.0",
    interfaces: [],
    ips: [{ address: "10.1.0.5/16" }],
    routes: [{ dst: "10.0.0.0/8" }],
    dns: {},
  });
});

test("fields that later versions bring are kept", () => {
  const raw = {
    interfaces: [{ name: "eth0", mtu: 9000, socketPath: "/x" }],
    routes: [{ dst: "::/0", scope: 1 }],
  };
  expect(writeResult(toResult(raw), "1.1.0")).toMatchObject(raw);
});

describe("a plugin that lies about the shape breaks nothing", () => {
  test.each<JsonObject>([
    {},
    { ips: null, interfaces: "eth0", routes: 7, dns: [] },
    { ips: [null, 5, "10.0.0.1/8"] },
    { ips: [{}, { address: 5 }] },
    { ip4: null, ip6: [] },
    { ip4: {} },
    { ip4: { ip: "10.0.0.1/8", routes: { dst: "x" } } },
    { routes: [null, {}, { dst: null }] },
  ])("%j", (raw) => {
    for (const version of CNI_VERSIONS) {
      const written = writeResult(toResult(raw), version);
      expect(written["cniVersion"]).toBe(version);
      expect(written["dns"]).toEqual({});
      if (!isBeforeIpList(version)) expect(Array.isArray(written["ips"])).toBe(true);
    }
  });
});

const address = (bits: number) => fc.integer({ min: 0, max: bits });
const cidr4 = fc.tuple(fc.ipV4(), address(32)).map(([ip, prefix]) => `${ip}/${prefix}`);
const cidr6 = fc.tuple(fc.ipV6(), address(128)).map(([ip, prefix]) => `${ip}/${prefix}`);
const dns = fc.record({ nameservers: fc.array(fc.ipV4(), { maxLength: 2 }) });
const routes = (cidr: fc.Arbitrary<string>) => fc.array(fc.record({ dst: cidr }), { maxLength: 3 });

test("nothing is lost between the versions that have lists", () => {
  const listed = fc.record({
    interfaces: fc.array(fc.record({ name: fc.string() }), { maxLength: 3 }),
    ips: fc.array(fc.record({ address: fc.oneof(cidr4, cidr6), interface: fc.nat(2) }), { maxLength: 4 }),
    routes: routes(fc.oneof(cidr4, cidr6)),
    dns,
  });
  const lists = fc.constantFrom(...CNI_VERSIONS.filter((version) => !isBeforeIpList(version)));
  fc.assert(
    fc.property(listed, lists, lists, (result, first, second) => {
      const there = toResult(writeResult(toResult(writeResult(result, first)), second));
      expect(writeResult(there, "1.0.0")).toEqual(writeResult(result, "1.0.0"));
    }),
  );
});

test("one address of each family with its routes survives 0.2.0", () => {
  const family = (cidr: fc.Arbitrary<string>) => fc.tuple(cidr, routes(cidr));
  fc.assert(
    fc.property(family(cidr4), family(cidr6), dns, ([ip4, routes4], [ip6, routes6], names) => {
      const ips = [{ address: ip4 }, { address: ip6 }];
      const result = { interfaces: [], ips, routes: [...routes4, ...routes6], dns: names };
      expect(toResult(writeResult(result, "0.2.0"))).toEqual(result);
    }),
  );
});
