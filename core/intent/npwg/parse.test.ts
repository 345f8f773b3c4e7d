import { describe, expect, test } from "vitest";
import { Failure } from "../../errors.ts";
import { ANY_NETWORK, COUNT, NETWORKS, SELECTOR } from "./keys.ts";
import { parseElements } from "./parse.ts";

const parse = (text: string) => parseElements(text, NETWORKS).map(({ element }) => element);
const json = (...elements: unknown[]) => JSON.stringify(elements);
const from = `annotation "${NETWORKS}"`;

/** @returns what is said of a text that isn't taken. */
function refuse(text: string): string {
  try {
    parse(text);
  } catch (error) {
    if (error instanceof Failure && error.kind === "invalidConfig") return error.message;
    throw error;
  }
  throw new Error("it is taken");
}
const refuseOne = (fields: object) => refuse(json({ name: "blue", ...fields }));

describe("NPWG 9: the short form", () => {
  test.each<[string, object[]]>([
    ["blue", [{ name: "blue" }]],
    [" blue , red\n", [{ name: "blue" }, { name: "red" }]],
    ["blue,blue", [{ name: "blue" }, { name: "blue" }]],
    [
      "infra/blue@eth5, red@net-9",
      [
        { namespace: "infra", name: "blue", interface: "eth5" },
        { name: "red", interface: "net-9" },
      ],
    ],
    [" infra / blue @ eth5 ", [{ namespace: "infra", name: "blue", interface: "eth5" }]],
    ["blue.v2", [{ name: "blue.v2" }]],
    [ANY_NETWORK, [{ name: ANY_NETWORK }]],
    [`infra/${ANY_NETWORK}@any0`, [{ namespace: "infra", name: ANY_NETWORK, interface: "any0" }]],
    ["", []],
    [" \n", []],
  ])("%j", (text, elements) => expect(parse(text)).toEqual(elements));

  test.each([
    ["blue,", "element 2: name"],
    [",", "element 1: name"],
    ["/blue", "element 1: namespace"],
    ["a/b/c", "element 1: name"],
    ["Blue", "element 1: name"],
    ["blue-", "element 1: name"],
    ["blue@", "element 1: interface"],
    ["blue@a@b", "element 1: interface"],
    ["blue，red", "element 1: name"],
    ["bl\u200bue", "element 1: name"],
    ["а", "element 1: name"],
  ])("%j is none", (text, place) => expect(refuse(text)).toContain(`${from}, ${place}: `));
});

describe("NPWG 8, 10, 11: the JSON form", () => {
  test("may be empty, and be written with white space around it", () => {
    expect(parse(" [ ] ")).toEqual([]);
    expect(parse(' [\n{"name":"blue"}]')).toEqual([{ name: "blue" }]);
  });

  test("has all the fields of the specification, and Multus' deviceID", () => {
    const element = {
      name: "blue",
      namespace: "infra",
      ips: ["10.0.0.5", "10.0.0.6/24", "2001:db8::5", "2001:db8::6/64"],
      mac: "02:00:00:00:00:01",
      interface: "eth5",
      "cni-args": { a: { b: [1] } },
      portMappings: [{ hostPort: 80, containerPort: 8080, protocol: "sctp", hostIP: "10.0.0.1" }],
      bandwidth: { ingressRate: 1, ingressBurst: 2, egressRate: 3, egressBurst: 4 },
      "default-route": ["10.0.0.1", "2001:db8::1"],
      "infiniband-guid": "24:8a:07:03:00:8d:ae:2e",
      "ipam-claim-reference": "claim-a",
      deviceID: "0000:03:02.1",
    };
    expect(parse(json(element))).toEqual([element]);
  });

  test("passes keys over that have a domain's owner", () => {
    expect(parse(json({ name: "blue", "org.example.x": { y: 1 } }))).toEqual([{ name: "blue" }]);
  });

  test("takes an empty namespace for none", () => {
    expect(parse(json({ name: "blue", namespace: "" }))).toEqual([{ name: "blue", namespace: "" }]);
  });

  test.each<[string, object, string]>([
    ["NPWG 4: no name", { name: undefined }, "name: is missing"],
    ["NPWG 4: a number as name", { name: 5 }, "name: must be a text"],
    ["NPWG 4: a name of upper case", { name: "Blue" }, "name: must be a DNS-1123 name"],
    ["NPWG 4: a name that is a path", { name: "../blue" }, "name: must be a DNS-1123 name"],
    ["NPWG 4: a name of 254 characters", { name: "a".repeat(254) }, "name: must be a DNS-1123 name"],
    ["NPWG 4: a namespace with a dot", { namespace: "a.b" }, "namespace: must be a DNS-1123 label"],
    ["null as namespace", { namespace: null }, "namespace: must be a DNS-1123 label"],
    ["NPWG 12: no list of addresses", { ips: "10.0.0.1" }, "ips: must be a list"],
    ["NPWG 12: no address in it", { ips: [] }, "ips: must have an element"],
    [
      "NPWG 12: a bad address",
      { ips: ["10.0.0.1", "10.0.0.256"] },
      "ips[1]: must be an IPv4 or IPv6 address",
    ],
    ["NPWG 12: a prefix too long", { ips: ["10.0.0.1/33"] }, "ips[0]: must be"],
    ["NPWG 12: an octal address", { ips: ["010.0.0.1"] }, "ips[0]: must be"],
    ["NPWG 12: an address of a link", { ips: ["fe80::1%eth0"] }, "ips[0]: must be"],
    ["NPWG 12: a number as address", { ips: [1] }, "ips[0]: must be"],
    ["NPWG 13: a MAC of 5 bytes", { mac: "02:00:00:00:00" }, "mac: must be a 6-byte Ethernet address"],
    ["NPWG 13: a MAC of 8 bytes", { mac: "02:00:00:00:00:01:02:03" }, "mac: must be"],
    ["NPWG 13: a MAC of two separators", { mac: "02:00-00:00:00:01" }, "mac: must be"],
    ["NPWG 13: a number as MAC", { mac: 2 }, "mac: must be a text"],
    ["NPWG 14: 16 characters", { interface: "a".repeat(16) }, "interface: must be an interface name"],
    ["NPWG 14: a slash", { interface: "a/b" }, "interface: must be"],
    ["NPWG 14: a colon", { interface: "a:b" }, "interface: must be"],
    ["NPWG 14: a space", { interface: "a b" }, "interface: must be"],
    ["NPWG 14: what the kernel fills in", { interface: "eth%d" }, "interface: must be"],
    ["NPWG 14: a letter of two bytes", { interface: "é" }, "interface: must be"],
    ["NPWG 14: dots", { interface: ".." }, "interface: must be"],
    ["NPWG 14: the loopback", { interface: "lo" }, "interface: must be"],
    ["NPWG 14: nothing", { interface: "" }, "interface: must be"],
    ["NPWG 15: a list of cni-args", { "cni-args": [] }, "cni-args: must be an object"],
    ["NPWG 16: no list of ports", { portMappings: {} }, "portMappings: must be a list"],
    ["NPWG 16: no port in it", { portMappings: [] }, "portMappings: must have an element"],
    ["NPWG 16: port 0", { portMappings: [{ hostPort: 0, containerPort: 1 }] }, "portMappings[0].hostPort: "],
    [
      "NPWG 16: port 65536",
      { portMappings: [{ hostPort: 1, containerPort: 65_536 }] },
      "portMappings[0].containerPort: ",
    ],
    [
      "NPWG 16: a text as port",
      { portMappings: [{ hostPort: "80", containerPort: 1 }] },
      "portMappings[0].hostPort: ",
    ],
    ["NPWG 16: half a mapping", { portMappings: [{ hostPort: 80 }] }, "portMappings[0].containerPort: "],
    [
      "NPWG 16: a protocol",
      { portMappings: [{ hostPort: 80, containerPort: 1, protocol: "icmp" }] },
      "portMappings[0].protocol: must be TCP, UDP or SCTP",
    ],
    [
      "NPWG 16: a key",
      { portMappings: [{ hostport: 80, containerPort: 1 }] },
      'unknown key "hostport", did you mean "hostPort"?',
    ],
    ["NPWG 17: no rate", { bandwidth: {} }, "bandwidth: must have a key"],
    ["NPWG 17: rate 0", { bandwidth: { ingressRate: 0 } }, "bandwidth.ingressRate: "],
    [
      "NPWG 17: half a bit",
      { bandwidth: { egressRate: 0.5 } },
      "bandwidth.egressRate: must be a whole number",
    ],
    [
      "NPWG 17: a burst alone",
      { bandwidth: { egressBurst: 1, ingressRate: 1 } },
      "bandwidth: egressBurst takes egressRate",
    ],
    ["NPWG 18: no list of gateways", { "default-route": "10.0.0.1" }, "default-route: must be a list"],
    ["NPWG 18: a gateway with a prefix", { "default-route": ["10.0.0.1/24"] }, "default-route[0]: must be"],
    [
      "NPWG 19: a GUID of 6 bytes",
      { "infiniband-guid": "24:8a:07:03:00:8d" },
      "infiniband-guid: must be an 8-byte GUID",
    ],
    [
      "NPWG 20: a claim's name",
      { "ipam-claim-reference": "A" },
      "ipam-claim-reference: must be a DNS-1123 name",
    ],
    ["NPWG 21: a device that is a path", { deviceID: "../../x" }, "deviceID: must be a device's ID"],
    ["NPWG 10: an unknown key", { ipRequest: ["10.0.0.1"] }, 'unknown key "ipRequest"'],
    [
      "NPWG 10: a misspelt key",
      { portMapping: [] },
      'unknown key "portMapping", did you mean "portMappings"?',
    ],
    [
      "NPWG 10: an unknown key of ours",
      { "io.github.cni-genie.selektor": "" },
      `did you mean "${SELECTOR}"?`,
    ],
  ])("refuses %s", (_, fields, words) => {
    const said = refuseOne(fields);
    expect(said).toContain(`${from}, element 1: `);
    expect(said).toContain(words);
  });

  test.each([
    ['{"name":"blue"}', "is an object: put it into a list, [{…}]"],
    ['[{"name":"blue"}', "is neither JSON nor a list of names"],
    ['"blue"', "is no list"],
    ['blue,{"name":"red"}', "is neither JSON nor a list of names"],
    ['[{"name":"blue","name":"red"}]', 'an object has the key "name" twice'],
    [`[${"[".repeat(100_000)}${"]".repeat(100_000)}]`, "is nested deeper than 32 levels"],
    [
      `[{"name":"blue","cni-args":${'{"a":'.repeat(40)}1${"}".repeat(40)}}]`,
      "is nested deeper than 32 levels",
    ],
    ["a".repeat(2 ** 20), "has more than 262144 characters"],
    [Array.from({ length: 65 }, () => "blue").join(","), "names more than 64 networks"],
    [json(...Array.from({ length: 65 }, () => ({ name: "blue" }))), "names more than 64 networks"],
  ])("%.60j is none", (text, words) => expect(refuse(text)).toBe(`${from}: ${words}`));

  test.each(["null", "5", '"blue"', "[]"])("%s is no element", (text) =>
    expect(refuse(`[{"name":"blue"},${text}]`)).toBe(`${from}, element 2: is no object`),
  );
});

test("NPWG 16, 17: what isn't said of ports and bursts is filled in", () => {
  const element = {
    name: "a",
    portMappings: [
      { hostPort: 1, containerPort: 2 },
      { hostPort: 1, containerPort: 2, protocol: "UDP" },
    ],
  };
  expect(parse(json({ ...element, bandwidth: { ingressRate: 8 } }))).toMatchObject([
    {
      portMappings: [{ protocol: "tcp" }, { protocol: "udp" }],
      bandwidth: { ingressRate: 8, ingressBurst: 2_147_483_647 },
    },
  ]);
});

test("NPWG 14, 18: what elements violate together names both", () => {
  expect(refuse("blue@a,red,blue@a")).toBe(`${from}, element 3: interface: ${from}, element 1 has the same`);
  expect(refuse(json({ name: "a", "default-route": [] }, { name: "b", "default-route": ["10.0.0.1"] }))).toBe(
    `${from}, element 2: default-route: ${from}, element 1 has one already`,
  );
});

test("names that mean something to JavaScript are keys like others", () => {
  expect(refuse('[{"name":"blue","__proto__":{"mac":"x"}}]')).toContain('unknown key "__proto__"');
  expect(refuse('[{"name":"blue","constructor":1}]')).toContain('unknown key "constructor"');
  expect(parse('[{"name":"blue","cni-args":{"__proto__":{"a":1}}}]')[0]?.["cni-args"]).toEqual(
    JSON.parse('{"__proto__":{"a":1}}'),
  );
});

test("what is said stays short and can't steer a terminal, whatever is wrong", () => {
  const keys = Object.fromEntries(Array.from({ length: 5_000 }, (_, at) => [`\u001b[31mkey${at}\u202e`, at]));
  const said = refuseOne({ ...keys, ips: Array.from({ length: 5_000 }, () => "x") });
  expect(said.length).toBeLessThan(4_096);
  expect(said).not.toMatch(/[\p{Cc}\p{Cf}]/u);
});

test.each([0, 17, 1.5, "2"])("NPWG 38: %j networks can't be chosen", (count) => {
  expect(refuseOne({ name: ANY_NETWORK, [COUNT]: count })).toContain(`${COUNT}`);
});
