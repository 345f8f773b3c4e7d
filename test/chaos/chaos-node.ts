import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { GENIE, makeNode, type TestNode } from "../e2e/node.ts";
import { listLinks, type NetworkNamespace } from "../setup/namespace.ts";

/** A call may wait a minute for its container's lock, and ninety seconds for its delegate. */
export const CALL_LIMIT_MS = 150_000;

export interface ChaosAnswer {
  readonly exitCode: number | undefined;
  readonly answer: Record<string, unknown>;
  readonly tookMs: number;
}

interface ChaosCall {
  readonly verb: "ADD" | "DEL";
  readonly pod: NetworkNamespace;
  /** The call is killed after this time; let to its end when absent. */
  readonly killAfterMs?: number;
}

export interface ChaosNode extends AsyncDisposable {
  call(call: ChaosCall): Promise<ChaosAnswer>;
  /** Everything of any container that is left on the node. */
  remains(): Promise<Record<string, readonly string[]>>;
}

/** A node with one network: a bridge with sixteen thousand addresses. */
export async function makeChaosNode(): Promise<ChaosNode> {
  const node = await makeNode();
  await mkdir(node.confDir, { recursive: true });
  const ipam = { type: "host-local", dataDir: node.dataDir, ranges: [[{ subnet: "10.64.0.0/18" }]] };
  const plugins = [{ type: "bridge", bridge: "cni-chaos", isGateway: true, ipam }];
  const list = { cniVersion: "1.0.0", name: "chaos", plugins };
  await writeFile(path.join(node.confDir, "00-chaos.conflist"), JSON.stringify(list));
  return {
    call: (call) => callOnce(node, call),
    remains: () => listRemains(node),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

async function callOnce(node: TestNode, { verb, pod, killAfterMs }: ChaosCall): Promise<ChaosAnswer> {
  const startedMs = performance.now();
  const genie = execa("nsenter", [`--net=${node.namespace.path}`, "--", GENIE], {
    input: JSON.stringify(node.config({}, { args: { cni: "chaos" }, runtimeConfig: {} })),
    extendEnv: false,
    env: {
      CNI_COMMAND: verb,
      CNI_CONTAINERID: pod.name,
      CNI_NETNS: pod.path,
      CNI_IFNAME: "eth0",
      CNI_PATH: node.cniPath,
      GENIE_NODE: process.execPath,
      PATH: "/usr/sbin:/usr/bin:/sbin:/bin",
    },
    reject: false,
    timeout: 2 * CALL_LIMIT_MS,
  });
  if (killAfterMs !== undefined) {
    await Promise.race([genie, sleep(killAfterMs)]);
    genie.kill("SIGKILL"); // nsenter and the head of the program have become node: it is one process
  }
  const { exitCode, stdout } = await genie;
  const answer = exitCode === undefined || stdout === "" ? {} : JSON.parse(stdout);
  return { exitCode, answer, tookMs: performance.now() - startedMs };
}

async function listRemains({ namespace, dataDir, stateDir }: TestNode) {
  const list = async (folder: string) => (await unlessMissing(readdir(folder))) ?? [];
  return {
    links: (await listLinks(namespace)).filter((name) => name.startsWith("veth")),
    addresses: await listAddresses(path.join(dataDir, "chaos")),
    ledger: await list(path.join(stateDir, "ledger")),
    locks: await list(path.join(stateDir, "locks")),
    delegates: await listDelegates(),
  };
}

/** host-local's files, with their owners. */
async function listAddresses(folder: string): Promise<readonly string[]> {
  const names = (await unlessMissing(readdir(folder))) ?? [];
  const addresses = names.filter((name) => /^\d/.test(name));
  return await Promise.all(
    addresses.map(
      async (name) => `${name} of ${JSON.stringify(await readFile(path.join(folder, name), "utf8"))}`,
    ),
  );
}

/** Processes that genie started for a plugin, by the mark in their environment. */
async function listDelegates(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    try {
      const environment = await readFile(`/proc/${pid}/environ`, "utf8");
      if (environment.includes("GENIE_CALLED_BY_GENIE")) found.push(pid);
    } catch (error) {
      if (!["ENOENT", "ESRCH"].includes(findErrno(error) ?? "")) throw error; // it has just ended
    }
  }
  return found;
}
