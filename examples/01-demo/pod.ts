import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { DIST_DIR } from "../../test/setup/build.ts";
import { addNamespace, listLinks, type NetworkNamespace, runIn } from "../../test/setup/namespace.ts";
import { runPlugin } from "../../test/setup/plugin.ts";
import type { Tools } from "../../test/setup/tools.ts";
import { BrokenPromiseError } from "./page/page.ts";
import type { Pod } from "./scenario.ts";

const GENIE = path.join(DIST_DIR, "bin/genie-standalone");
const IF_NAME = "eth0";

export interface RunningPod {
  readonly pod: Pod;
  readonly containerId: string;
  readonly namespace: NetworkNamespace;
  readonly address: string;
  /** The whole ADD, as the container runtime sees it. */
  readonly addMs: number;
  readonly configFile: string;
}

/** Starts a pod as a container runtime does: a namespace, then ADD. @throws {BrokenPromiseError} with the plugin's own words. */
export async function startPod(pod: Pod, configFile: string, tools: Tools): Promise<RunningPod> {
  const namespace = await addNamespace(pod.name);
  const containerId = randomBytes(16).toString("hex");
  const startedMs = performance.now();
  const stdout = await call("ADD", { pod, containerId, namespace, configFile }, tools);
  const addMs = performance.now() - startedMs;
  const result: { ips?: readonly { address: string }[] } = JSON.parse(stdout);
  const address = result.ips?.[0]?.address.split("/")[0];
  if (address === undefined)
    throw new BrokenPromiseError(`ADD of ${pod.name} answered without an address: ${stdout}`);
  return { pod, containerId, namespace, address, addMs, configFile };
}

/** Ends a pod: DEL, then its namespace. Answers the interfaces that DEL left in it. */
export async function stopPod(running: RunningPod, tools: Tools): Promise<readonly string[]> {
  await call("DEL", running, tools);
  const links = await listLinks(running.namespace);
  await running.namespace[Symbol.asyncDispose]();
  return links;
}

/** Milliseconds to an address and back; undefined when nothing came back. */
export async function findPingMs(
  from: RunningPod,
  address: string,
  tools: Tools,
): Promise<number | undefined> {
  const { exitCode, stdout } = await runIn(from.namespace, [tools.ping, "-c", "1", "-W", "2", address]);
  const time = /time=([\d.]+) ms/.exec(stdout)?.[1];
  return exitCode === 0 && time !== undefined ? Number(time) : undefined;
}

type Called = Pick<RunningPod, "pod" | "containerId" | "namespace" | "configFile">;

async function call(verb: "ADD" | "DEL", called: Called, tools: Tools): Promise<string> {
  const { pod, containerId, namespace, configFile } = called;
  const config: object = JSON.parse(await readFile(configFile, "utf8"));
  const runtimeConfig = { "io.kubernetes.cri.pod-annotations": pod.annotations };
  const outcome = await runPlugin({
    program: GENIE,
    verb,
    containerId,
    netns: namespace.path,
    ifName: IF_NAME,
    stdin: { ...config, runtimeConfig },
    cniPath: tools.cniPluginDir,
    args: `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=${pod.name};K8S_POD_UID=uid-${pod.name}`,
  });
  if (outcome.exitCode === 0) return outcome.stdout;
  throw new BrokenPromiseError(`${verb} of ${pod.name} failed: ${outcome.stdout || outcome.stderr}`);
}
