import { readdir } from "node:fs/promises";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";
import type { TestNode } from "../e2e/node.ts";
import { listLinks } from "../setup/namespace.ts";

/** What containers may leave on a node. */
export interface Traces {
  readonly links: readonly string[];
  /** Those that host-local has given away. */
  readonly addresses: readonly string[];
  readonly ledger: readonly string[];
  /** Of the runtime's containers, where it keeps them by name. */
  readonly namespaces: readonly string[];
}

const NAMESPACES = "/run/netns";
/** How each runtime names those of its containers, in a folder that all of them share. */
const PREFIXES = { containerd: "cni-", podman: "netns-" } as const;
type Runtime = keyof typeof PREFIXES;

export async function readTraces(
  { namespace, dataDir, stateDir }: TestNode,
  runtime?: Runtime,
): Promise<Traces> {
  const prefix = runtime && PREFIXES[runtime];
  const folders = await list(dataDir);
  const names = await Promise.all(folders.map((folder) => list(path.join(dataDir, folder))));
  return {
    links: await listLinks(namespace),
    addresses: names.flat().filter((name) => /^\d/.test(name)),
    ledger: await list(path.join(stateDir, "ledger")),
    namespaces: (await list(NAMESPACES)).filter((name) => prefix !== undefined && name.startsWith(prefix)),
  };
}

async function list(folder: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}
