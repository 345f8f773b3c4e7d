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
  /** Of containers, as their runtimes name them. */
  readonly namespaces: readonly string[];
}

const NAMESPACES = "/run/netns";
/** As containerd and podman name them. */
const OF_CONTAINER = /^(cni|netns)-/;

export async function readTraces({ namespace, dataDir, stateDir }: TestNode): Promise<Traces> {
  const folders = await list(dataDir);
  const names = await Promise.all(folders.map((folder) => list(path.join(dataDir, folder))));
  return {
    links: await listLinks(namespace),
    addresses: names.flat().filter((name) => /^\d/.test(name)),
    ledger: await list(path.join(stateDir, "ledger")),
    namespaces: (await list(NAMESPACES)).filter((name) => OF_CONTAINER.test(name)),
  };
}

async function list(folder: string): Promise<readonly string[]> {
  return (await unlessMissing(readdir(folder))) ?? [];
}
