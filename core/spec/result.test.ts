import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonObject } from "./json.ts";
import { convertResult, toResult, writeResult } from "./result.ts";
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

test("an IPv4 address that is written as IPv6 is IPv4, and a deprecated form is not", () => {
  const ips = [
    { address: "::ffff:10.0.0.1/120" },
    { address: "::10.0.0.1/120" },
    { address: "::FFFF:a00:1/120" },
  ];
  const written = convertResult({ cniVersion: "1.0.0", ips }, "0.4.0")["ips"];
  expect(written).toMatchObject([{ version: "4" }, { version: "6" }, { version: "4" }]);
});

const eth0 = { name: "eth0", mac: "00:11:22:33:44:55", sandbox: "/a" };
const newInterface = { mtu: 1400, socketPath: "/s", pciID: "0000:00:1f.6" };
const newRoute = { mtu: 1400, advmss: 1300, priority: 5, table: 0, scope: 253 };
const viaOne = { dst: "::/0", gw: "fd00::1" };
const modern = {
  cniVersion: "1.1.0",
  interfaces: [{ ...eth0, ...newInterface, later: 1 }],
  ips: [{ address: "fd00::5/64", interface: 0, gateway: null, later: 1 }],
  routes: [{ ...viaOne, ...newRoute, later: 1 }],
  dns: { search: ["a"], later: 1 },
  later: 1,
};

describe("what a version has no word for is left out", () => {
  const ip = { address: "fd00::5/64", interface: 0 };
  const routes = [{ ...viaOne, ...newRoute }];
  const dns = { search: ["a"] };
  test.each<[CniVersion, JsonObject]>([
    ["1.0.0", { interfaces: [{ ...eth0, ...newInterface }], ips: [ip], routes, dns }],
    ["0.4.0", { interfaces: [eth0], ips: [{ version: "6", ...ip }], routes, dns }],
    ["0.3.0", { interfaces: [eth0], ips: [{ version: "6", ...ip }], routes, dns }],
    ["0.2.0", { ip6: { ip: "fd00::5/64", routes: [viaOne] }, dns }],
  ])("%s", (cniVersion, said) => expect(convertResult(modern, cniVersion)).toEqual({ cniVersion, ...said }));
});

describe("a result whose version is right", () => {
  test("is handed on as it is", () => expect(convertResult(modern, "1.1.0")).toBe(modern));

  test.each([undefined, ""])(
    "and not said (%j) is the one in which the plugin was spoken to",
    (cniVersion) => {
      const { cniVersion: _, ...rest } = modern;
      const silent = cniVersion === undefined ? rest : { ...rest, cniVersion };
      expect(convertResult(silent, "1.0.0")).toEqual({ ...rest, cniVersion: "1.0.0" });
      expect(convertResult(silent, "1.0.0", "1.1.0")).toEqual(convertResult(modern, "1.0.0"));
    },
  );

  test.each(["9.9.9", 7, null])("%j, which nobody serves, is read by its shape", (cniVersion) => {
    expect(convertResult({ ...modern, cniVersion }, "1.0.0")).toEqual(convertResult(modern, "1.0.0"));
  });
});

test("what names no address and no destination is dropped", () => {
  const ips = [{}, { address: 5 }, 7, { address: "10.0.0.1/8" }];
  const raw = {
    cniVersion: "1.0.0",
    ips,
    routes: [{ gw: "10.0.0.2" }, { dst: null }, null, { dst: "::/0" }],
  };
  expect(toResult(raw)).toMatchObject({ ips: [{ address: "10.0.0.1/8" }], routes: [{ dst: "::/0" }] });
});

test("addresses go on pointing to their interfaces past one that is none", () => {
  const raw = {
    cniVersion: "1.0.0",
    interfaces: [null, "eth1", eth0],
    ips: [{ address: "10.0.0.1/8", interface: 2 }],
  };
  expect(convertResult(raw, "0.4.0")).toMatchObject({ interfaces: [{}, {}, eth0], ips: [{ interface: 2 }] });
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
    { ip4: { ip: ["10.0.0.1/8"], gateway: {} }, ip6: { ip: null } },
    {
      cniVersion: ["1.0.0"],
      interfaces: [[], 1, { name: {} }],
      ips: [{ address: "nonsense", interface: "0" }],
    },
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
const ipV6 = fc.ipV6().filter((ip) => !/ffff:/i.test(ip)); // may be IPv4 in the form of IPv6
const cidr6 = fc.tuple(ipV6, address(128)).map(([ip, prefix]) => `${ip}/${prefix}`);
const dns = fc.record({ nameservers: fc.array(fc.ipV4(), { maxLength: 2 }) });
const gateway = { gateway: fc.oneof(fc.ipV4(), fc.ipV6()) };
const routes = (cidr: fc.Arbitrary<string>) =>
  fc.array(fc.oneof(fc.record({ dst: cidr }), fc.record({ dst: cidr, gw: fc.ipV6() })), { maxLength: 3 });

test("nothing is lost between the versions that have lists, nor the second time", () => {
  const listed = fc.record({
    interfaces: fc.array(fc.record({ name: fc.string() }), { maxLength: 3 }),
    ips: fc.array(fc.record({ ...gateway, address: fc.oneof(cidr4, cidr6), interface: fc.nat(2) }), {
      maxLength: 4,
    }),
    routes: routes(fc.oneof(cidr4, cidr6)),
    dns,
  });
  const lists = fc.constantFrom(...CNI_VERSIONS.filter((version) => !isBeforeIpList(version)));
  fc.assert(
    fc.property(listed, lists, lists, (result, first, second) => {
      const there = convertResult(convertResult({ cniVersion: "1.1.0", ...result }, first), second);
      expect(convertResult(there, second)).toBe(there);
      expect(toResult(there)).toMatchObject(result);
    }),
  );
});

test("one address of each family with its gateway and routes survives 0.1.0 and 0.2.0", () => {
  const family = (cidr: fc.Arbitrary<string>) =>
    fc.tuple(fc.oneof(fc.record({ address: cidr }), fc.record({ ...gateway, address: cidr })), routes(cidr));
  const early = fc.constantFrom(...CNI_VERSIONS.filter(isBeforeIpList));
  fc.assert(
    fc.property(family(cidr4), family(cidr6), early, ([ip4, routes4], [ip6, routes6], version) => {
      const lists = { ips: [ip4, ip6], routes: [...routes4, ...routes6] };
      const there = convertResult({ cniVersion: "1.1.0", ...lists }, version);
      expect(toResult(there)).toEqual({ interfaces: [], ...lists, dns: {} });
      expect(convertResult(there, "1.1.0")).toMatchObject(lists);
    }),
  );
});
