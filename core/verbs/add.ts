import type { Config } from "../config.ts";
import { attach, type Site } from "../delegate/attach.ts";
import { detach } from "../delegate/detach.ts";
import { isTold, toOneFailure } from "../delegate/failures.ts";
import { findNetns } from "../delegate/lifetime.ts";
import { Failure } from "../errors.ts";
import { readAnnotations } from "../intent/annotations.ts";
import { readIntent } from "../intent/genie.ts";
import { readPod } from "../intent/pod.ts";
import { listNetworks, type NodeNetworks } from "../networks/candidates.ts";
import type { AddPorts } from "../ports.ts";
import { choose } from "../select/choose.ts";
import type { Decision } from "../select/decision.ts";
import { requireRanking } from "../select/refusal.ts";
import type { Invocation } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";
import { mergeResults } from "../spec/merge.ts";
import { convertResult, toResult, writeResult } from "../spec/result.ts";

export interface AddCall {
  readonly invocation: Invocation;
  readonly config: Config;
}

/**
 * Gives a new container its interface. Leaves nothing behind when it throws, but what a plugin refused to undo: that
 * stays in the ledger for DEL.
 *
 * @throws {Failure} or {DelegateError}: what the runtime is to be told.
 */
export async function add(call: AddCall, ports: AddPorts): Promise<JsonObject> {
  const { invocation, config } = call;
  const pod = readPod(invocation);
  const intent = readIntent(readAnnotations(config), config);
  await using _lock = await ports.ledger.lock(invocation.containerId, ports.signal);
  await settle(invocation, ports);

  const networks = listNetworks(await ports.confFolder(), config);
  for (const one of networks.skipped) ports.log.warn({ ...one }, "a file of the conf folder is passed over");
  const decision = await choose(
    { intent, pod, networks, config, containerId: invocation.containerId },
    ports,
  );
  await ports.recordDecision({ containerId: invocation.containerId, pod, decision });

  const result = await attachFirst(decision, { call, networks }, ports);
  if (config.prevResult === undefined) return result;
  return writeResult(mergeResults(toResult(config.prevResult), toResult(result)), config.cniVersion);
}

/**
 * Undoes what an ADD of the same interface left that crashed, or was attached in an earlier boot or in another
 * namespace than the container has now: podman keeps a container's ID over both. What is attached there already is
 * refused, since a second ADD would lose its undo. Source: SPEC.md, "ADD".
 *
 * @throws {Failure} alreadyAttached
 */
async function settle({ containerId, ifName, netns, path }: Invocation, ports: AddPorts): Promise<void> {
  const { attachments, hints } = await ports.ledger.read(containerId);
  if (hints !== undefined) {
    throw new Failure("ioFailure", `the ledger's entry of ${containerId} is unreadable`, {
      details: "call DEL first: it undoes what can be guessed, and sets the entry aside",
    });
  }
  const same = attachments.filter(({ caller }) => caller.ifName === ifName);
  for (const one of same) {
    if (one.state !== "attached" || (await findNetns(one, netns, ports.kernel)) === "") continue;
    throw new Failure(
      "alreadyAttached",
      `${ifName} of ${containerId} is attached to network ${one.network} already`,
    );
  }
  for (const err of await detach({ containerId, attachments, wanted: same, path }, ports)) {
    ports.log.warn(
      { err, containerId, ifName },
      "what an earlier ADD left could not be undone; DEL tries again",
    );
  }
}

/**
 * Attaches the best network of the ranking, the next one when that fails and the admin allows it.
 *
 * @returns the result in the caller's version.
 */
async function attachFirst(
  decision: Decision,
  { call, networks }: { call: AddCall; networks: NodeNetworks },
  ports: AddPorts,
): Promise<JsonObject> {
  const { invocation, config } = call;
  const { tryNextOnFailure } = config.genie.selection;
  const site = await readSite(call, ports);
  const how = { call: invocation, site, runtimeConfig: config.runtimeConfig ?? {} };
  const failures: unknown[] = [];
  const ranking = requireRanking(decision);
  for (const [at, { network: name }] of ranking.entries()) {
    const found = networks.networks.find(({ network }) => network.name === name);
    if (found === undefined) throw new Error(`the ranking names ${name}, which is no network of this node`);
    const { network } = found;
    try {
      return convertResult(await attach(network, how, ports), config.cniVersion, network.cniVersion);
    } catch (failure) {
      if (!isTold(failure)) throw failure;
      failures.push(failure);
      if (!tryNextOnFailure || ports.signal.aborted || at === ranking.length - 1) break;
      ports.log.warn({ err: failure, network: name }, "a network could not be attached; trying the next one");
    }
  }
  throw toOneFailure(failures);
}

async function readSite({ invocation, config }: AddCall, { kernel }: AddPorts): Promise<Site> {
  const { ifName, netns } = invocation;
  return {
    caller: { network: config.name, ifName },
    namespace: { path: netns, identity: await kernel.identify(netns), folder: await kernel.locate(netns) },
    bootId: await kernel.bootId(),
  };
}
