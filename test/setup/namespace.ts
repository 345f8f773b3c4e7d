import { randomUUID } from "node:crypto";
import { execa, type Options } from "execa";

/** A named network namespace; disposal removes it and every interface in it. */
export interface NetworkNamespace extends AsyncDisposable {
  readonly name: string;
  readonly path: string;
}

export interface CommandOutcome {
  readonly exitCode: number | undefined;
  readonly stdout: string;
  readonly stderr: string;
}

const COMMAND_MS = 20_000;

/** Adds a namespace as a container runtime does for a pod, or to stand for a node. */
export async function addNamespace(name = `pod-${randomUUID().slice(0, 8)}`): Promise<NetworkNamespace> {
  if (process.env["GENIE_ISOLATED"] !== "1") {
    throw new Error("this would change the network of the machine; run it by: npm test -- FILE");
  }
  await runIp(["netns", "add", name]);
  const namespace: NetworkNamespace = {
    name,
    path: `/run/netns/${name}`,
    [Symbol.asyncDispose]: () => runIp(["netns", "delete", name]),
  };
  await runIp(["-n", name, "link", "set", "lo", "up"]);
  return namespace;
}

/** Runs a program whose network is that namespace's; without one, in the namespace we are in. */
export async function runIn(
  namespace: NetworkNamespace | undefined,
  command: readonly [string, ...string[]],
  options: Options = {},
): Promise<CommandOutcome> {
  const enter = namespace === undefined ? [] : ["nsenter", `--net=${namespace.path}`, "--"];
  const [program = "", ...words] = [...enter, ...command];
  const outcome = await execa(program, words, { timeout: COMMAND_MS, ...options, reject: false });
  return { exitCode: outcome.exitCode, stdout: String(outcome.stdout), stderr: String(outcome.stderr) };
}

/** Names of the namespace's interfaces, without `lo`. */
export async function listLinks(namespace?: NetworkNamespace): Promise<readonly string[]> {
  const { stdout } = await runIn(namespace, ["ip", "-json", "link", "show"]);
  const links: readonly { ifname: string }[] = JSON.parse(stdout);
  return links.map(({ ifname }) => ifname).filter((name) => name !== "lo");
}

/** Adds two joined interfaces, both up. */
export async function addVethPair(ends: readonly [string, string], node?: NetworkNamespace): Promise<void> {
  const inNode = node === undefined ? [] : ["-n", node.name];
  const [one, other] = ends;
  await runIp([...inNode, "link", "add", one, "type", "veth", "peer", "name", other]);
  for (const end of ends) await runIp([...inNode, "link", "set", end, "up"]);
}

/** @throws {ExecaError} when `ip` refuses. */
export async function runIp(words: readonly string[]): Promise<void> {
  await execa("ip", words, { timeout: COMMAND_MS });
}
