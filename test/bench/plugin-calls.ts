import { chmod, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { callGenie, type TestNode, withAnnotations } from "../e2e/node.ts";
import { addNamespace, type NetworkNamespace } from "../setup/namespace.ts";
import { runPlugin } from "../setup/plugin.ts";
import { timeMs } from "./statistics.ts";

type Verb = "ADD" | "DEL";

/** What the calls of one container took, in milliseconds. */
type Times = Readonly<Record<Verb, number>>;

/** The same calls by hand and through genie. */
export interface Pair {
  readonly byHand: Times;
  readonly genie: Times;
}

export interface PairPlan {
  readonly node: TestNode;
  readonly network: string;
  /** The block `genie.selection`, when modules are to choose. */
  readonly selection?: object;
  readonly rounds: number;
}

/** Runs ADD and DEL by hand and through genie in turn. */
export async function measurePairs({ node, network, selection, rounds }: PairPlan): Promise<readonly Pair[]> {
  const stdin =
    selection === undefined ? node.config({}, withAnnotations({ cni: network })) : node.config({ selection });
  const pairs: Pair[] = [];
  for (let round = 0; round < rounds; round++) {
    await using pod = await addNamespace();
    const byHand = await timeByHand(node, network, pod);
    const genie = await timeVerbs((verb) => callGenie(node, { verb, pod, stdin }));
    pairs.push({ byHand, genie });
  }
  return pairs.slice(1); // the first pair warms the page cache
}

async function timeByHand(node: TestNode, network: string, pod: NetworkNamespace): Promise<Times> {
  const { plugin, stdin } = await readPlugin(node.confDir, network);
  const program = await findProgram(node.cniPath, plugin);
  const who = { containerId: `${pod.name}-hand`, netns: pod.path, ifName: "hand0" };
  const run = { ...who, program, stdin, cniPath: node.cniPath, node: node.namespace };
  return timeVerbs((verb) => runPlugin({ ...run, verb }));
}

async function timeVerbs(call: (verb: Verb) => Promise<{ exitCode: number | undefined }>): Promise<Times> {
  const timeOf = (verb: Verb) => timeMs(async () => expectSuccess(await call(verb)));
  return { ADD: await timeOf("ADD"), DEL: await timeOf("DEL") };
}

/** The only plugin of a network, and what a runtime hands to it. */
async function readPlugin(confDir: string, network: string): Promise<{ plugin: string; stdin: object }> {
  const file = (await readdir(confDir)).find((name) => name.endsWith(`-${network}.conflist`)) ?? "";
  const { cniVersion, name, plugins } = JSON.parse(await readFile(path.join(confDir, file), "utf8"));
  return { plugin: plugins[0].type, stdin: { ...plugins[0], cniVersion, name } };
}

async function findProgram(cniPath: string, plugin: string): Promise<string> {
  for (const folder of cniPath.split(":")) {
    if ((await readdir(folder)).includes(plugin)) return path.join(folder, plugin);
  }
  throw new Error(`${plugin} is not in ${cniPath}`);
}

function expectSuccess({ exitCode, ...said }: { exitCode: number | undefined }): void {
  if (exitCode !== 0) throw new Error(`a measured call failed: ${JSON.stringify(said)}`);
}

/** A plugin that does nothing, in a folder of its own: what is left is what genie itself costs. */
export async function makeNoopPlugin(): Promise<AsyncDisposable & { readonly folder: string }> {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-noop-"));
  const program = path.join(folder, "noop");
  await writeFile(program, '#!/bin/sh\n[ "$CNI_COMMAND" = DEL ] || echo \'{"cniVersion":"1.0.0"}\'\n');
  await chmod(program, 0o755);
  return { folder, [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }) };
}
