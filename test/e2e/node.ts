import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { DIST_DIR } from "../setup/build.ts";
import { addNamespace, type NetworkNamespace } from "../setup/namespace.ts";
import { addNetworks, type Subnet, type NetworkName } from "../setup/networks.ts";
import { runPlugin } from "../setup/plugin.ts";
import { ensureTools } from "../setup/tools.ts";

export const GENIE = path.join(DIST_DIR, "bin/genie-standalone");

/** The CRI's key for annotations that it hands over. */
const CRI_ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

/** A namespace that stands for a node, with three real networks and folders of its own. */
export interface TestNode extends AsyncDisposable {
  readonly namespace: NetworkNamespace;
  readonly confDir: string;
  readonly stateDir: string;
  readonly storeDir: string;
  readonly dataDir: string;
  readonly cniPath: string;
  /** Genie's configuration on this node, with `block` under `genie` and `fields` beside it. */
  config(block?: object, fields?: object): Record<string, unknown>;
}

export async function makeNode(subnets?: Readonly<Record<NetworkName, Subnet>>): Promise<TestNode> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "genie-node-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  const namespace = undo.use(await addNamespace(`node-${path.basename(folder).slice(-6)}`));
  const [confDir, dataDir] = [path.join(folder, "net.d"), path.join(folder, "addresses")];
  const [stateDir, storeDir] = [path.join(folder, "state"), path.join(folder, "modules")];
  await addNetworks({ confDir, node: namespace, dataDir, ...(subnets === undefined ? {} : { subnets }) });
  const { cniPluginDir } = await ensureTools();
  const kept = undo.move();
  return {
    namespace,
    confDir,
    stateDir,
    storeDir,
    dataDir,
    cniPath: cniPluginDir,
    config: (block = {}, fields = {}) => ({
      cniVersion: "1.0.0",
      name: "genie",
      type: "genie",
      runtimeConfig: { [CRI_ANNOTATIONS]: {} },
      ...fields,
      genie: { confDir, stateDir, moduleStore: storeDir, ...block },
    }),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** `fields` of a configuration that hands over these pod annotations. */
export function withAnnotations(annotations: Readonly<Record<string, string>> | null): object {
  return { runtimeConfig: { [CRI_ANNOTATIONS]: annotations } };
}

export interface GenieAnswer {
  readonly exitCode: number | undefined;
  /** What stdout held, decoded; undefined when it was empty. */
  readonly answer: Record<string, unknown> | undefined;
  readonly stderr: string;
  readonly tookMs: number;
}

export interface GenieCall {
  readonly verb: "ADD" | "DEL" | "CHECK";
  readonly stdin: object | string;
  /** Its name is the container's ID. */
  readonly pod: Pick<NetworkNamespace, "name" | "path">;
  readonly ifName?: string;
  readonly args?: string;
  /** In place of the built plugin. */
  readonly program?: string;
}

/** Calls the built plugin as a container runtime does. */
export async function callGenie(node: TestNode, call: GenieCall): Promise<GenieAnswer> {
  const { verb, stdin, pod, ifName = "eth0", args = "", program = GENIE } = call;
  const startedMs = performance.now();
  const { exitCode, stdout, stderr } = await runPlugin({
    program,
    verb,
    stdin,
    cniPath: node.cniPath,
    node: node.namespace,
    containerId: pod.name,
    netns: pod.path,
    ifName,
    args,
  });
  const answer = stdout === "" ? undefined : JSON.parse(stdout);
  return { exitCode, answer, stderr, tookMs: performance.now() - startedMs };
}

/** The decisions that this node recorded, oldest first. */
export async function readDecisions(node: TestNode): Promise<readonly Record<string, unknown>[]> {
  const text = await readFile(path.join(node.stateDir, "decisions.jsonl"), "utf8");
  return text
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line));
}
