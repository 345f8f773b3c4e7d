import { describe, expect, test } from "vitest";
import { makeCluster } from "../../../test/fakes/cluster.ts";
import { noPlugins } from "../../../test/fakes/providing.ts";
import { makeSurroundings } from "../../../test/fakes/surroundings.ts";
import type { LogicalNetwork, PhysicalNetwork } from "../../cluster.ts";
import { parseConfig } from "../../config.ts";
import { Failure } from "../../errors.ts";
import { readLogical } from "./logical.ts";

const config = parseConfig(JSON.stringify({ name: "genie", type: "genie" }));
const bridge = { type: "bridge", bridge: "cni-weave", isGateway: true };
const folderOf = (weave: object) => ({
  files: [
    {
      name: "10-weave.conflist",
      text: JSON.stringify({ name: "net-weave", plugins: [weave, { type: "tuning" }] }),
    },
    { name: "20-flannel.conf", text: JSON.stringify({ name: "cbr0", type: "flannel" }) },
  ],
  pluginFilesByNetwork: new Map(),
});
const local = (ipam: object) => ({ ...bridge, ipam: { type: "host-local", ...ipam } });

interface Case {
  readonly logical?: Partial<LogicalNetwork>;
  readonly physical?: Partial<PhysicalNetwork>;
  readonly weave?: object;
}

/** The plugins of `net1` of the namespace shop, which is weave's unless something else is said. */
async function read({ logical, physical, weave = local({ subnet: "10.32.0.0/12" }) }: Case) {
  const ref = { namespace: "shop", name: "net1" };
  const cluster = makeCluster({
    logicalNetworks: [{ ...ref, physicalNet: "", subSubnet: "", plugin: "weave", ...logical }],
    physicalNetworks: [
      { ...ref, name: "phy", referNic: "", plugin: "", subnet: "", dedicated: false, ...physical },
    ],
  });
  const around = makeSurroundings(config, folderOf(weave));
  const signal = new AbortController().signal;
  return await readLogical({ from: "here", name: "net1" }, around, { ...noPlugins, cluster, signal });
}
const readPlugin = async (given: Case) => (await read(given)).network.plugins[0]?.config;

describe("the network is", () => {
  test("that of the plugin, under its own name and as it is", async () => {
    const { file, network } = await read({});
    expect(file).toBe("LogicalNetwork shop/net1");
    expect(network).toMatchObject({
      name: "net-weave",
      plugins: [{ config: local({ subnet: "10.32.0.0/12" }) }, {}],
    });
  });

  test("with the addresses of sub_subnet, from a bridge of its own, since a bridge is one gateway", async () => {
    const one = await readPlugin({ logical: { subSubnet: "10.32.20.0/24" } });
    expect(one).toEqual({
      ...bridge,
      bridge: expect.stringMatching(/^genie-[0-9a-f]{8}$/),
      ipam: { type: "host-local", subnet: "10.32.20.0/24" },
    });
    expect(await readPlugin({ logical: { subSubnet: "10.32.20.0/24" } })).toEqual(one);
    const other = await readPlugin({ logical: { subSubnet: "10.32.21.0/24" } });
    expect(other?.["bridge"]).not.toBe(one?.["bridge"]);
  });

  test("as it is, where sub_subnet is all of it", async () => {
    expect(await readPlugin({ logical: { subSubnet: "10.32.0.0/12" } })).toEqual(
      local({ subnet: "10.32.0.0/12" }),
    );
  });

  test("of a dedicated physical network: its plugin and subnet, and refer_nic, which weave doesn't take", async () => {
    const physical = { dedicated: true, plugin: "weave", subnet: "10.32.0.0/16", referNic: "eth1" };
    const logical = { physicalNet: "phy", plugin: "flannel" };
    expect(await readPlugin({ logical, physical })).toMatchObject({ ipam: { subnet: "10.32.0.0/16" } });
    const part = { ...logical, subSubnet: "10.32.7.0/24" };
    const config = await readPlugin({ logical: part, physical });
    expect(config).toMatchObject({ ipam: { subnet: "10.32.7.0/24" } });
    expect(config).not.toHaveProperty("master");
  });

  test("of a shared physical network: the logical network's own plugin, which CNI-Genie never took", async () => {
    const logical = { physicalNet: "phy", subSubnet: "10.32.0.0/24" };
    expect(await readPlugin({ logical })).toMatchObject({ ipam: { subnet: "10.32.0.0/24" } });
  });

  test.each([
    ["macvlan", "master"],
    ["ipvlan", "master"],
    ["vlan", "master"],
    ["host-device", "device"],
  ])("on the link refer_nic, for %s", async (type, field) => {
    const weave = { type, master: "eth0", ipam: {} };
    const given = { weave, logical: { physicalNet: "phy" }, physical: { referNic: "eth1" } };
    expect(await readPlugin(given)).toEqual({ ...weave, [field]: "eth1" });
  });

  test("weave's real one, which gives addresses by itself", async () => {
    const weave = { type: "weave-net", hairpinMode: true };
    const config = await readPlugin({ weave, logical: { subSubnet: "10.32.20.0/24" } });
    expect(config).toEqual({ ...weave, ipam: { subnet: "10.32.20.0/24" } });
  });
});

describe("it is refused, with the place and the object:", () => {
  const physicalNet = "phy";
  const dedicated = { dedicated: true, plugin: "weave", subnet: "10.32.0.0/16" };
  test.each<[string, Case, string]>([
    ["no plugin", { logical: { plugin: "" } }, "it names no plugin"],
    ["a shared one without a plugin", { logical: { plugin: "", physicalNet } }, "it names no plugin"],
    [
      "a dedicated one without a plugin",
      { logical: { physicalNet }, physical: { dedicated: true } },
      "the dedicated PhysicalNetwork phy names no plugin",
    ],
    ["a plugin that isn't there", { logical: { plugin: "weav" } }, 'plugin: no network is called "weav"'],
    [
      "no physical network of that name",
      { logical: { physicalNet: "x" } },
      "there is no PhysicalNetwork shop/x",
    ],
    [
      "a physical network's name that is a path",
      { logical: { physicalNet: "../pods/x" } },
      "physicalNet is no name of an object",
    ],
    [
      "no CIDR",
      { logical: { subSubnet: "10.32.0.0" } },
      'sub_subnet "10.32.0.0" is no subnet, such as 10.32.20.0/24',
    ],
    [
      "another network's addresses",
      { logical: { subSubnet: "10.9.0.0/24" } },
      "10.9.0.0/24 is not part of network net-weave",
    ],
    [
      "a wider subnet",
      { logical: { subSubnet: "10.0.0.0/8" } },
      "10.0.0.0/8 is not part of network net-weave",
    ],
    [
      "what the physical network hasn't",
      { logical: { physicalNet, subSubnet: "10.33.0.0/24" }, physical: dedicated },
      "sub_subnet 10.33.0.0/24 is not part of 10.32.0.0/16, the subnet of PhysicalNetwork phy",
    ],
    [
      "a physical network without a real subnet",
      { logical: { physicalNet }, physical: { ...dedicated, subnet: "any" } },
      'subnet of PhysicalNetwork phy "any" is no subnet, such as 10.32.20.0/24',
    ],
    [
      "a link that is none",
      { logical: { physicalNet }, physical: { referNic: "eth 1" } },
      'refer_nic "eth 1" of PhysicalNetwork phy is no link\'s name',
    ],
    [
      "an IPAM that can't be given one",
      { logical: { plugin: "flannel", subSubnet: "10.244.0.0/24" } },
      "network cbr0 has no IPAM that takes a subnet",
    ],
    [
      "another IPAM that can't",
      { weave: { type: "calico", ipam: { type: "calico-ipam" } }, logical: { subSubnet: "10.244.0.0/24" } },
      "network net-weave has the IPAM calico-ipam, which takes no subnet",
    ],
  ])("%s", async (_, given, words) => {
    const failing = read(given);
    await expect(failing).rejects.toThrow(`here: LogicalNetwork shop/net1: ${words}`);
    await expect(failing).rejects.toBeInstanceOf(Failure);
  });
});

test.each([
  ["net1", ["ne1", "other"], [], "the closest is ne1"],
  ["net1", [], ["net1"], "namespace shop has none for this pod"],
  ["own", ["own"], ["fhy", "other"], "the closest is fhy"],
  ["own", ["own"], [], "namespace shop has none for this pod"],
])(
  "%s or its physical network isn't there, beside %j and %j",
  async (...[name, logical, physical, details]) => {
    const some = { namespace: "shop", physicalNet: "phy", subSubnet: "", plugin: "weave" };
    const other = { namespace: "shop", referNic: "", plugin: "", subnet: "", dedicated: false };
    const cluster = makeCluster({
      logicalNetworks: logical.map((each) => ({ ...some, name: each })),
      physicalNetworks: physical.map((each) => ({ ...other, name: each })),
    });
    const around = makeSurroundings(config);
    const { signal } = new AbortController();
    const reading = readLogical({ from: "here", name }, around, { ...noPlugins, cluster, signal });
    await expect(reading).rejects.toMatchObject({ kind: "unknownNetwork", details });
  },
);

describe("it isn't found", () => {
  const around = makeSurroundings(config);
  const { pod } = around;
  const signal = new AbortController().signal;
  const busy = new Failure("tryAgainLater", "the API server is busy");
  const failingCluster = makeCluster();
  failingCluster.fail(["findLogicalNetwork"], busy);
  test.each([
    [
      "in an empty cluster",
      pod,
      makeCluster(),
      "here: there is no LogicalNetwork shop/net1",
      "unknownNetwork",
    ],
    ["without a cluster", pod, undefined, "here: logical networks are objects", "invalidConfig"],
    [
      "without a namespace",
      { ...pod, namespace: "" },
      makeCluster(),
      "here: logical networks are",
      "invalidConfig",
    ],
    [
      "in a namespace that is a path",
      { ...pod, namespace: "a/b" },
      makeCluster(),
      "here: logical",
      "invalidConfig",
    ],
    ["while the API server is busy", pod, failingCluster, "the API server is busy", "tryAgainLater"],
  ] as const)("%s", async (...[, who, cluster, message, kind]) => {
    const reading = readLogical(
      { from: "here", name: "net1" },
      { ...around, pod: who },
      { ...noPlugins, cluster, signal },
    );
    await expect(reading).rejects.toThrow(
      expect.objectContaining({ kind, message: expect.stringContaining(message) }),
    );
  });
});
