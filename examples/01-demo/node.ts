import { readdir, readFile } from "node:fs/promises";
import { isIPv4 } from "node:net";
import path from "node:path";
import ipaddr from "ipaddr.js";
import { unlessMissing } from "../../core/missing.ts";
import type { Decision } from "../../core/select/decision.ts";
import { NETWORK_NAMES, type NetworkName } from "../../test/setup/networks.ts";
import { SUBNETS } from "./scenario.ts";

/** Defaults of host-local and of genie: /var/lib is the demo's own. */
const LEASE_DIR = "/var/lib/cni/networks";
const STATE_DIR = "/var/lib/genie";

export type DecisionRecord = Decision & { readonly containerId: string };

/** The type of a network's plugin, as its file in the conf folder says. */
export async function findPlugin(confDir: string, network: NetworkName): Promise<string> {
  const file = (await readdir(confDir)).find((name) => name.endsWith(`-${network}.conflist`)) ?? "";
  const list: { plugins: readonly { type: string }[] } = JSON.parse(
    await readFile(path.join(confDir, file), "utf8"),
  );
  return list.plugins[0]?.type ?? "";
}

/** Addresses that pods can have: all of the subnet but its own, the broadcast and the gateway's. */
export function poolSize(network: NetworkName): number {
  const prefix = Number(SUBNETS[network].cidr.split("/")[1]);
  return 2 ** (32 - prefix) - 3;
}

/** The network whose subnet holds an address. */
export function findNetworkOf(address: string): NetworkName | undefined {
  const parsed = ipaddr.parse(address);
  return NETWORK_NAMES.find((name) => parsed.match(ipaddr.parseCIDR(SUBNETS[name].cidr)));
}

/** Addresses that host-local has given away, by network. */
export async function countLeases(): Promise<Readonly<Record<NetworkName, number>>> {
  const [blue, green, red] = await Promise.all(
    NETWORK_NAMES.map(async (name) => (await list(path.join(LEASE_DIR, name))).filter(isIPv4).length),
  );
  return { blue: blue ?? 0, green: green ?? 0, red: red ?? 0 };
}

/** The decision about a container, as genie recorded it. */
export async function readDecision(containerId: string): Promise<DecisionRecord> {
  const text = await readFile(path.join(STATE_DIR, "decisions.jsonl"), "utf8");
  const records = text.trimEnd().split("\n");
  const decisions = records.map((line): DecisionRecord => JSON.parse(line));
  const found = decisions.findLast((decision) => decision.containerId === containerId);
  if (found === undefined) throw new Error(`decisions.jsonl has no decision about ${containerId}`);
  return found;
}

/** Containers that genie still has an attachment of. */
export async function listLedger(): Promise<readonly string[]> {
  return (await list(path.join(STATE_DIR, "ledger"))).filter((name) => !name.startsWith("."));
}

/** Processes of the demo's own process namespace. */
export async function listProcesses(): Promise<readonly string[]> {
  return (await list("/proc")).filter((name) => /^\d+$/.test(name));
}

async function list(folder: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}
