import { mkdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { addVethPair, type NetworkNamespace, runIp } from "./namespace.ts";

export interface Subnet {
  /** `10.10.1.0/24` */
  readonly cidr: string;
  readonly gateway: string;
}

export interface RealNetworks {
  readonly confDir: string;
  /** Networks to leave out by giving none; the defaults hold 253 addresses each. */
  readonly subnets?: Readonly<Record<NetworkName, Subnet>>;
  /** The namespace that stands for the node; ours when absent. */
  readonly node?: NetworkNamespace;
  /** host-local's store; its own default when absent. */
  readonly dataDir?: string;
}

export const NETWORK_NAMES = ["blue", "green", "red"] as const;
export type NetworkName = (typeof NETWORK_NAMES)[number];

const DEFAULT_SUBNETS: Readonly<Record<NetworkName, Subnet>> = {
  blue: { cidr: "10.10.1.0/24", gateway: "10.10.1.1" },
  green: { cidr: "10.10.2.0/24", gateway: "10.10.2.1" },
  red: { cidr: "10.10.3.0/24", gateway: "10.10.3.1" },
};

/** macvlan's parent, and the other end of its cable, which carries the gateway's address. */
const RED_PARENT = "red0";
const RED_GATEWAY = "red1";

/** Writes three real networks into `confDir`: bridge `blue`, ptp `green`, and macvlan `red` with its cable. */
export async function addNetworks(networks: RealNetworks): Promise<void> {
  const { confDir, subnets = DEFAULT_SUBNETS, node, dataDir } = networks;
  const ipam = (name: NetworkName) => ({
    type: "host-local",
    ...(dataDir === undefined ? {} : { dataDir }),
    ranges: [[{ subnet: subnets[name].cidr, gateway: subnets[name].gateway }]],
    routes: [{ dst: "0.0.0.0/0" }],
  });
  const pluginByName = {
    blue: { type: "bridge", bridge: "cni-blue", isGateway: true, ipam: ipam("blue") },
    green: { type: "ptp", ipam: ipam("green") },
    red: { type: "macvlan", master: RED_PARENT, mode: "bridge", ipam: ipam("red") },
  };
  await mkdir(confDir, { recursive: true });
  for (const [index, name] of NETWORK_NAMES.entries()) {
    const list = { cniVersion: "1.0.0", name, plugins: [pluginByName[name]] };
    await writeFile(path.join(confDir, `${index + 1}0-${name}.conflist`), JSON.stringify(list, undefined, 2));
  }
  await addVethPair([RED_PARENT, RED_GATEWAY], node);
  const prefix = subnets.red.cidr.split("/")[1] ?? "";
  const inNode = node === undefined ? [] : ["-n", node.name];
  await runIp([...inNode, "address", "add", `${subnets.red.gateway}/${prefix}`, "dev", RED_GATEWAY]);
}
