import { writeFile } from "node:fs/promises";
import path from "node:path";
import { addNamespace, type NetworkNamespace, runIn, runIp } from "../setup/namespace.ts";
import { makeNode, type TestNode } from "./node.ts";

/** The four networks, in both families, in the order in which `cni: blue,green,red,gray` attaches them. */
export const WIDE_NETWORKS = ["blue", "green", "red", "gray"] as const;
export type WideName = (typeof WIDE_NETWORKS)[number];

/** The node has `.1` of each network; `gray` has room for one pod. */
const SUBNETS: Readonly<Record<WideName, readonly [v4: string, v6: string]>> = {
  blue: ["10.10.1", "fd10:1:"],
  green: ["10.10.2", "fd10:2:"],
  red: ["10.10.3", "fd10:3:"],
  gray: ["10.10.4", "fd10:4:"],
};

const OUTSIDE = { v4: "192.0.2.2", v6: "2001:db8::2" };

interface Changes {
  readonly ipam?: object;
  /** Also in place of its IPAM. */
  readonly plugin?: object;
  /** What follows in its chain. */
  readonly chained?: readonly object[];
}

export interface WideNode {
  readonly node: TestNode;
  /** A host that is in none of the networks: the node leads to it, and from it to each network. */
  readonly outside: NetworkNamespace;
  readonly addresses: typeof OUTSIDE;
  /** Writes a network's file again. */
  network(name: WideName, changes?: Changes): Promise<void>;
}

/** A node with a bridge, a ptp, a macvlan and a host-device network, which drops what doesn't come the way back. */
export async function makeWideNode(undo: AsyncDisposableStack): Promise<WideNode> {
  const node = undo.use(await makeNode());
  const outside = undo.use(await addNamespace());
  await joinNetworks(node.namespace, outside);
  const wide: WideNode = {
    node,
    outside,
    addresses: OUTSIDE,
    network: (name, changes) => writeNetwork(node, name, changes),
  };
  for (const name of WIDE_NETWORKS) await wide.network(name);
  return wide;
}

/** Gives the node its address in each network and outside, and lets it forward what comes the right way. */
async function joinNetworks(node: NetworkNamespace, outside: NetworkNamespace): Promise<void> {
  const { name } = node;
  const ip = (namespace: string, ...words: readonly string[]) => runIp(["-n", namespace, ...words]);
  await ip(name, "link", "add", "gray0", "type", "veth", "peer", "name", "gray1");
  await ip(name, "link", "add", "out0", "type", "veth", "peer", "name", "eth0", "netns", outside.name);
  for (const [namespace, link, ...addresses] of [
    [name, "red1", "fd10:3::1/64"],
    [name, "gray1", "10.10.4.1/24", "fd10:4::1/64"],
    [name, "out0", "192.0.2.1/24", "2001:db8::1/64"],
    [outside.name, "eth0", `${OUTSIDE.v4}/24`, `${OUTSIDE.v6}/64`],
  ] as const) {
    for (const address of addresses) await ip(namespace, "address", "add", address, "dev", link, "nodad");
    await ip(namespace, "link", "set", link, "up");
  }
  await ip(outside.name, "route", "add", "default", "via", "192.0.2.1");
  await ip(outside.name, "-6", "route", "add", "default", "via", "2001:db8::1");
  for (const setting of ["ipv4/ip_forward", "ipv6/conf/all/forwarding", "ipv4/conf/all/rp_filter"]) {
    await runIn(node, ["sh", "-c", 'echo 1 > "/proc/sys/net/$1"', "sh", setting]);
  }
}

const PLUGINS: Readonly<Record<WideName, object>> = {
  blue: { type: "bridge", bridge: "cni-blue", isGateway: true },
  green: { type: "ptp" },
  red: { type: "macvlan", master: "red0", mode: "bridge" },
  gray: { type: "host-device", device: "gray0" },
};

async function writeNetwork(node: TestNode, name: WideName, changes: Changes = {}): Promise<void> {
  const [v4, v6] = SUBNETS[name];
  const usual = {
    type: "host-local",
    dataDir: node.dataDir,
    ranges: [[{ subnet: `${v4}.0/24`, gateway: `${v4}.1` }], [{ subnet: `${v6}:/64`, gateway: `${v6}:1` }]],
    routes: [{ dst: "0.0.0.0/0" }, { dst: "::/0" }],
  };
  const plugins = [
    { ...PLUGINS[name], ipam: { ...usual, ...changes.ipam }, ...changes.plugin },
    ...(changes.chained ?? []),
  ];
  const at = WIDE_NETWORKS.indexOf(name) + 1;
  const file = path.join(node.confDir, `${at}0-${name}.conflist`);
  await writeFile(file, JSON.stringify({ cniVersion: "1.0.0", name, plugins }));
}
