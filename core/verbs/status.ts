import type { Config } from "../config.ts";
import { isTold } from "../delegate/failures.ts";
import { forward } from "../delegate/forward.ts";
import { Failure, listSome } from "../errors.ts";
import { readDefaultIntent } from "../intent/genie.ts";
import type { NodeTarget, Wish } from "../intent/intent.ts";
import { listNetworks, type NodeNetworks } from "../networks/candidates.ts";
import { findNetwork } from "../networks/find-network.ts";
import { findPrograms, listConfigured } from "../networks/generated.ts";
import { requireNetwork } from "../networks/required.ts";
import type { StatusPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import type { Network } from "../spec/network.ts";
import { isAtLeast } from "../spec/versions.ts";
import { requireVersion } from "./required-version.ts";

export interface StatusCall {
  readonly invocation: Invocation;
  readonly config: Config;
}

/**
 * Returns when an ADD could be served: the ledger can be written, and one of the networks that a pod without
 * wishes may get is ready, or each where it gets several. Asks no API server: runtimes call this every few seconds.
 * Source: SPEC.md, "STATUS".
 *
 * @throws what the only candidate said, or {Failure} notReady naming each candidate.
 */
export async function status({ invocation, config }: StatusCall, ports: StatusPorts): Promise<void> {
  requireVersion("STATUS", "1.1.0", config.cniVersion);
  await ports.ledger.probe();
  const networks = listNetworks(await ports.confFolder(), config);
  for (const wish of readDefaultIntent(config).wishes) {
    const programs = findMissing(wish, networks);
    if (programs !== undefined) await requirePrograms(programs, wish.from, { invocation, ports });
    else await askAny(listTargets(wish, networks), { invocation, config }, ports);
  }
}

/** The plugins of a network that an ADD would make; undefined when it is there, or isn't one that is made. */
function findMissing({ target }: Wish<NodeTarget>, networks: NodeNetworks): readonly string[] | undefined {
  if (target.wants !== "default" || findNetwork(target.network, networks) !== undefined) return undefined;
  return findPrograms(target.network);
}

/** Returns when one of the networks is ready. */
async function askAny(
  networks: readonly Network[],
  { invocation, config }: StatusCall,
  ports: StatusPorts,
): Promise<void> {
  const reasons: { network: string; error: Error }[] = [];
  for (const network of networks) {
    try {
      return await askNetwork(network, invocation, ports);
    } catch (error) {
      if (!isTold(error)) throw error;
      reasons.push({ network: network.name, error });
    }
  }
  const [first] = reasons;
  if (first !== undefined && reasons.length === 1) throw first.error;
  const details = reasons.map(({ network, error }) => `${network}: ${error.message}`);
  const message =
    first === undefined ? `${config.genie.confDir} has no usable network` : "no network is ready";
  throw new Failure("notReady", message, { details: listSome(details, "; ") });
}

/** The networks of which a pod that wishes nothing gets one. */
function listTargets({ from, target }: Wish<NodeTarget>, networks: NodeNetworks): readonly Network[] {
  if (target.wants === "default") {
    return [requireNetwork({ from, network: target.network }, networks).network];
  }
  const all = listConfigured(networks).networks.map(({ network }) => network);
  return target.wants === "any" ? all : all.slice(0, 1);
}

/**
 * Returns when the network is ready; one that is older than STATUS, when its plugins are there.
 *
 * @throws what its plugin said, or {Failure} notReady.
 */
export async function askNetwork(
  network: Network,
  invocation: Invocation,
  ports: Pick<StatusPorts, "exec" | "signal">,
): Promise<void> {
  if (isAtLeast(network.cniVersion, "1.1.0"))
    return await forward("STATUS", { network, path: invocation.path, more: {} }, ports);
  const types = network.plugins.map(({ type }) => type);
  await requirePrograms(types, `network ${network.name}`, { invocation, ports });
}

interface Asking {
  readonly invocation: Invocation;
  readonly ports: Pick<StatusPorts, "exec">;
}

async function requirePrograms(
  types: readonly string[],
  owner: string,
  { invocation: { path }, ports }: Asking,
): Promise<void> {
  for (const type of types) {
    if (await ports.exec.has(type, path)) continue;
    throw new Failure("notReady", `plugin ${type} of ${owner} is not in CNI_PATH`);
  }
}
