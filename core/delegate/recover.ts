import { type Config, parseConfig } from "../config.ts";
import { Failure } from "../errors.ts";
import { listNetworks } from "../networks/candidates.ts";
import type { DelPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import type { Network } from "../spec/network.ts";
import { convertResult } from "../spec/result.ts";
import { planSteps, undoChain } from "./chain.ts";

/** Most networks that are tried for one container. */
const TRIED = 8;

export interface Recovery {
  readonly invocation: Invocation;
  /** The runtime's configuration, with its `prevResult`. */
  readonly stdin: string;
  /** Networks that the damaged entry seems to hold. */
  readonly hints: readonly string[];
}

/**
 * Undoes what a damaged ledger entry no longer tells: the networks that it seems to hold, or else those that the
 * latest decision ranked, with their configuration of today and the runtime's `prevResult`. What fails is only
 * logged: a pod must not hang for ever on what nobody can read.
 */
export async function recover({ invocation, stdin, hints }: Recovery, ports: DelPorts): Promise<void> {
  const { containerId, ifName, netns, args, path } = invocation;
  const config = findConfig(stdin);
  const names = hints.length > 0 ? hints : await ports.decided(containerId);
  const networks = config === undefined ? [] : await listNamed(names.slice(0, TRIED), config, ports);
  for (const network of networks) {
    const steps = planSteps(network, toInjected(network, config));
    const { errors } = await undoChain({ steps, call: { containerId, ifName, netns, args, path } }, ports);
    for (const err of errors) {
      ports.log.warn(
        { err, containerId, network: network.name },
        "a guess at a lost attachment could not be undone",
      );
    }
  }
  const tried = networks.map(({ name }) => name);
  ports.log.warn(
    { containerId, ifName, tried },
    "the ledger's entry is unreadable: undone as far as can be guessed",
  );
  await ports.ledger.setAside(containerId);
}

function findConfig(stdin: string): Config | undefined {
  try {
    return parseConfig(stdin);
  } catch (error) {
    if (error instanceof Failure) return undefined; // DEL needs no valid configuration
    throw error;
  }
}

async function listNamed(
  names: readonly string[],
  config: Config,
  ports: DelPorts,
): Promise<readonly Network[]> {
  const { networks } = listNetworks(await ports.confFolder(), config);
  return names.flatMap((name) => networks.find(({ network }) => network.name === name)?.network ?? []);
}

function toInjected({ cniVersion }: Network, config: Config | undefined) {
  const prevResult = config?.prevResult;
  return {
    runtimeConfig: config?.runtimeConfig ?? {},
    prevResult: prevResult === undefined ? undefined : convertResult(prevResult, cniVersion),
  };
}
