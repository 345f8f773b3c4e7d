import type { Config } from "../config.ts";
import { attach } from "../delegate/attach.ts";
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
import { toResult, writeResult } from "../spec/result.ts";

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
  await refuseSecondAdd(invocation, ports);

  const networks = listNetworks(await ports.confFiles(), config);
  for (const one of networks.skipped) ports.log.warn({ ...one }, "a file of the conf folder is passed over");
  const decision = await choose(
    { intent, pod, networks, config, containerId: invocation.containerId },
    ports,
  );
  await ports.recordDecision({ containerId: invocation.containerId, pod, decision });

  const result = await attachFirst(decision, { call, networks }, ports);
  return writeResult(toResult(result), config.cniVersion);
}

/** A second ADD of the same interface would lose the undo of the first. Source: SPEC.md, "ADD". */
async function refuseSecondAdd({ containerId, ifName }: Invocation, { ledger }: AddPorts): Promise<void> {
  const there = (await ledger.read(containerId)).find(
    (one) => one.ifName === ifName && one.state === "attached",
  );
  if (there === undefined) return;
  throw new Failure(
    "alreadyAttached",
    `${ifName} of ${containerId} is attached to network ${there.network} already`,
  );
}

/** Attaches the best network of the ranking, the next one when that fails and the admin allows it. */
async function attachFirst(
  decision: Decision,
  { call, networks }: { call: AddCall; networks: NodeNetworks },
  ports: AddPorts,
): Promise<JsonObject> {
  const { invocation, config } = call;
  const { tryNextOnFailure } = config.genie.selection;
  const how = { call: invocation, runtimeConfig: config.runtimeConfig ?? {} };
  const failures: unknown[] = [];
  for (const { network: name } of requireRanking(decision)) {
    const found = networks.networks.find(({ network }) => network.name === name);
    if (found === undefined) throw new Error(`the ranking names ${name}, which is no network of this node`);
    try {
      return await attach(found.network, how, ports);
    } catch (failure) {
      failures.push(failure);
      if (!tryNextOnFailure || ports.signal.aborted) break;
      ports.log.warn({ err: failure, network: name }, "a network could not be attached; trying the next one");
    }
  }
  throw failures[0];
}
