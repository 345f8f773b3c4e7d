import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { build } from "esbuild";
import { unlessMissing } from "../../core/missing.ts";
import { JCO_VERSION } from "../../registry/prepare/jco-version.ts";
import { makeNode, type TestNode } from "../e2e/node.ts";
import { listLinks, type NetworkNamespace, runIn } from "../setup/namespace.ts";
import { runPlugin } from "../setup/plugin.ts";
import { ensureTools } from "../setup/tools.ts";

/** What a container may leave on the node. */
interface Traces {
  readonly links: readonly string[];
  readonly rules: readonly string[];
  readonly addresses: readonly string[];
  readonly ledger: readonly string[];
}

export interface CrashNode extends AsyncDisposable {
  readonly node: TestNode;
  /** Runs genie as built. */
  call(verb: "ADD" | "DEL", pod: NetworkNamespace, netns?: string): Promise<number | undefined>;
  /** Runs genie and kills it at its `faultAt`th fault point. @returns the names of the points that it passed. */
  crash(verb: "ADD" | "DEL", pod: NetworkNamespace, faultAt: number): Promise<Crash>;
  traces(): Promise<Traces>;
}

export interface Crash {
  readonly points: readonly string[];
  /** False when there were fewer points. */
  readonly died: boolean;
}

/** A node whose network `blue` is a bridge with addresses, a slow plugin of ours that adds a rule, and a shaper. */
export async function makeCrashNode(): Promise<CrashNode> {
  const node = await makeNode();
  const folder = path.dirname(node.confDir);
  const bin = path.join(folder, "bin");
  await mkdir(bin);
  await writeFile(path.join(bin, "rule"), await planRulePlugin(), { mode: 0o755 });
  const [faulty, bundle] = [path.join(bin, "faulty"), path.join(bin, "faulty.cjs")];
  await bundleFaulty(bundle);
  await writeFile(faulty, `#!/bin/sh\nexec '${process.execPath}' '${bundle}'\n`, { mode: 0o755 });
  await addChain(node);

  const cniPath = `${bin}:${node.cniPath}`;
  const faultLog = path.join(folder, "points");
  const stdin = node.config({}, { args: { cni: "blue" }, runtimeConfig: {} });
  const who = ({ name }: NetworkNamespace) => ({ containerId: name, ifName: "eth0", args: "" });
  const common = { stdin, cniPath, node: node.namespace };
  return {
    node,
    async call(verb, pod, netns = pod.path) {
      const program = path.join(import.meta.dirname, "../../dist/bin/genie-standalone");
      const { exitCode } = await runPlugin({ ...common, ...who(pod), program, verb, netns });
      return exitCode;
    },
    async crash(verb, pod, faultAt) {
      await rm(faultLog, { force: true });
      const env = { GENIE_FAULT_AT: String(faultAt), GENIE_FAULT_LOG: faultLog };
      const run = { ...common, ...who(pod), program: faulty, verb, netns: pod.path, env };
      const { exitCode } = await runPlugin(run);
      const points = ((await unlessMissing(readFile(faultLog, "utf8"))) ?? "").trimEnd().split("\n");
      return { points, died: exitCode === undefined };
    },
    traces: () => readTraces(node),
    [Symbol.asyncDispose]: () => node[Symbol.asyncDispose](),
  };
}

/** As one file: read source by source, it would take longer to begin than to run. */
async function bundleFaulty(outfile: string): Promise<void> {
  await build({
    entryPoints: [path.join(import.meta.dirname, "faulty-standalone.ts")],
    bundle: true,
    outfile,
    platform: "node",
    mainFields: ["module", "main"],
    banner: { js: 'const programUrl = require("url").pathToFileURL(__filename).href;' },
    define: {
      "import.meta.dirname": "__dirname",
      "import.meta.url": "programUrl",
      BUNDLED_JCO_VERSION: JSON.stringify(JCO_VERSION),
    },
    logLevel: "warning",
  });
}

/** A rule for each container; it takes its time, so that genie can be killed meanwhile. */
async function planRulePlugin(): Promise<string> {
  const { ip } = await ensureTools();
  return `#!/bin/sh
stdin=$(cat)
priority=$((1000 + $(printf %s "$CNI_CONTAINERID" | cksum | cut -d' ' -f1) % 20000))
case $CNI_COMMAND in
ADD)
  sleep 0.1
  '${ip}' rule add priority $priority fwmark 7 lookup 77 || exit 1
  sleep 0.1
  printf '%s' "$stdin" | sed 's/.*"prevResult"://; s/}$//';;
DEL) while '${ip}' rule del priority $priority 2>/dev/null; do :; done;;
esac
`;
}

async function addChain({ confDir, dataDir }: TestNode): Promise<void> {
  const ipam = { type: "host-local", dataDir, ranges: [[{ subnet: "10.10.1.0/24" }]] };
  const plugins = [
    { type: "bridge", bridge: "cni-blue", isGateway: true, ipam },
    { type: "rule" },
    { type: "bandwidth", ingressRate: 8_000_000, ingressBurst: 1_000_000 },
  ];
  const list = { cniVersion: "1.0.0", name: "blue", plugins };
  await writeFile(path.join(confDir, "10-blue.conflist"), JSON.stringify(list));
}

async function readTraces({ namespace, dataDir, stateDir }: TestNode): Promise<Traces> {
  const { stdout } = await runIn(namespace, ["ip", "rule", "show"]);
  const addresses = (await unlessMissing(readdir(path.join(dataDir, "blue")))) ?? [];
  return {
    links: await listLinks(namespace),
    rules: stdout.trimEnd().split("\n"),
    addresses: addresses.filter((name) => /^\d/.test(name)),
    ledger: (await unlessMissing(readdir(path.join(stateDir, "ledger")))) ?? [],
  };
}
