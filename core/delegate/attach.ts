import { Failure } from "../errors.ts";
import type { AddPorts, Attachment } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { addChain, type ChainCall, planUndo, undoChain } from "./chain.ts";

export type AttachPorts = Pick<AddPorts, "exec" | "ledger" | "signal" | "log">;

export interface AttachCall {
  readonly call: ChainCall;
  readonly runtimeConfig: JsonObject;
}

/** For undoing a failed ADD; what takes longer is left to DEL. */
const UNDO_MS = 30_000;

/**
 * Attaches one network. The undo is on disk before the first plugin runs; when a plugin fails, the whole chain is
 * undone, and what could not be undone stays in the ledger for DEL.
 *
 * @throws what the failing plugin said.
 */
export async function attach(network: Network, how: AttachCall, ports: AttachPorts): Promise<JsonObject> {
  const { call, runtimeConfig } = how;
  const { containerId, ifName, netns, args } = call;
  const before = await ports.ledger.read(containerId);
  const undo = planUndo(network, { runtimeConfig, prevResult: undefined });
  const about = { containerId, ifName, network: network.name, netns, args };
  const planned: Attachment = { ...about, state: "planned", undo };
  await ports.ledger.write(containerId, [...before, planned]);
  try {
    const result = await addChain({ network, call, runtimeConfig }, ports);
    const complete = planUndo(network, { runtimeConfig, prevResult: result });
    await ports.ledger.write(containerId, [...before, { ...planned, state: "attached", undo: complete }]);
    return result;
  } catch (cause) {
    await undoFailed({ planned, before, call }, ports);
    throw cause;
  }
}

/** Fails for a bug alone: what made ADD fail is what the runtime must hear. */
async function undoFailed(
  { planned, before, call }: { planned: Attachment; before: readonly Attachment[]; call: ChainCall },
  ports: AttachPorts,
): Promise<void> {
  const { containerId, network, undo } = planned;
  const signal = AbortSignal.timeout(UNDO_MS); // the call's own signal may be what made ADD fail
  const { left, errors } = await undoChain({ steps: undo, call }, { ...ports, signal });
  const kept = left.length === 0 ? before : [...before, { ...planned, undo: left }];
  try {
    await ports.ledger.write(containerId, kept);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    errors.push(error); // the ledger still says `planned`, which is enough for DEL
  }
  for (const error of errors) {
    ports.log.warn({ err: error, containerId, network }, "the undo of a failed ADD failed; DEL tries again");
  }
}
