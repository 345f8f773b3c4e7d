import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import { withoutWishes } from "../intent/cni-args.ts";
import { listNetworks } from "../networks/candidates.ts";
import type { AttachmentHint, DelPorts } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import type { Network } from "../spec/network.ts";
import { convertResult } from "../spec/result.ts";
import { planSteps, undoChain } from "./chain.ts";
import { findConfig } from "./own-config.ts";

/** Most attachments that are tried for one container. */
const TRIED = 16;

export interface Recovery {
  readonly invocation: Invocation;
  /** The runtime's configuration, with its `prevResult`. */
  readonly stdin: string;
  /** What the damaged entry seems to hold. */
  readonly hints: readonly AttachmentHint[];
}

/**
 * Undoes what a damaged ledger entry no longer tells: the attachments that it seems to hold, whichever call made them,
 * or else the networks that the latest decision ranked; with their configuration of today and the runtime's
 * `prevResult`. What fails is only logged: a pod must not hang for ever on what nobody can read.
 */
export async function recover(recovery: Recovery, ports: DelPorts): Promise<void> {
  const { containerId, ifName } = recovery.invocation;
  const config = findConfig(recovery.stdin);
  const guesses = config === undefined ? [] : await orNone(() => listGuesses(recovery, config, ports), ports);
  for (const guess of guesses) {
    for (const err of await undoGuess(guess, { recovery, config }, ports)) {
      const about = { err, containerId, network: guess.network.name };
      ports.log.warn(about, "a guess at a lost attachment could not be undone");
    }
  }
  const tried = guesses.map(({ network }) => network.name);
  ports.log.warn(
    { containerId, ifName, tried },
    "the ledger's entry is unreadable: undone as far as can be guessed",
  );
  await ports.ledger.setAside(containerId);
}

interface Guess {
  readonly network: Network;
  readonly ifName: string;
}

async function listGuesses(
  { invocation, hints }: Recovery,
  config: Config,
  ports: DelPorts,
): Promise<readonly Guess[]> {
  const decided = hints.length > 0 ? [] : await ports.decided(invocation.containerId);
  const wanted = [...hints, ...decided].slice(0, TRIED);
  const { networks } = listNetworks(await ports.confFolder(), config);
  return wanted.flatMap((one): Guess[] => {
    const found = networks.find(({ network }) => network.name === one.network);
    return found === undefined ? [] : [{ network: found.network, ifName: one.ifName }];
  });
}

async function orNone<T>(listing: () => Promise<readonly T[]>, { log }: DelPorts): Promise<readonly T[]> {
  try {
    return await listing();
  } catch (err) {
    if (!(err instanceof Failure)) throw err;
    log.warn({ err }, "nothing tells what the unreadable entry was about");
    return [];
  }
}

async function undoGuess(
  { network, ifName }: Guess,
  { recovery, config }: { recovery: Recovery; config: Config | undefined },
  ports: DelPorts,
): Promise<readonly unknown[]> {
  const { containerId, netns, args, path } = recovery.invocation;
  const told = config?.prevResult;
  const prevResult = told === undefined ? undefined : convertResult(told, network.cniVersion);
  const steps = planSteps(network, { runtimeConfig: config?.runtimeConfig ?? {}, prevResult });
  const call = { containerId, ifName, netns, args: withoutWishes(args), path };
  const { errors } = await undoChain({ steps, call }, ports);
  return errors;
}
