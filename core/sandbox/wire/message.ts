import type { ModuleResult } from "../../select/outcome.ts";
import type { Candidate, ModuleKind, SelectionRequest, Verdict } from "../../select/request.ts";
import { encodeCandidates, findStanding } from "./candidates.ts";
import { encodeRecords, type Records } from "./records.ts";
import { FRAME_HEADROOM_BYTES, writeFrameLength } from "./frame.ts";

/** What the host tells the guest process to do; the JSON record `order` of a frame. */
export type Order = LoadOrder | CallOrder;

/** Comes with the module's own records. */
export interface LoadOrder {
  readonly do: "load";
  /** By which calls name it: a module as what it is asked. */
  readonly id: string;
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
  /** Whether its next instance is made while nobody waits; for a module that is called without glue. */
  readonly canWait: boolean;
}

/** Comes with the record `candidates` when they are others than those of the call before. */
export interface CallOrder {
  readonly do: "call";
  readonly id: string;
  readonly request: WireRequest;
  /** Which of the candidates are asked about, by index; all when absent. */
  readonly standing?: readonly number[];
  /** For a selector. */
  readonly verdicts?: readonly Verdict[];
}

/** A request without its candidates; JSON has no 64-bit numbers, so its seed is decimal. */
export type WireRequest = Omit<SelectionRequest, "seed" | "candidates"> & { readonly seed: string };

/** One answer to one order. The guest sends one more, unasked, when it is ready. */
export type Answer = ModuleResult<unknown>;

export const ORDER = "order";
export const GLUE = "glue";
export const CANDIDATES = "candidates";

/** How a component of the plain shape is called, as JSON; absent for others. */
export const LIFT = "lift";

/** The frame that carries an order, and what belongs to it. Its nonce is set when it is sent. */
export function encodeOrder(order: Order, records: Records = new Map()): Uint8Array {
  const all = new Map([[ORDER, Buffer.from(JSON.stringify(order))], ...records]);
  return writeFrameLength(encodeRecords(all, FRAME_HEADROOM_BYTES));
}

/** What a module is asked. */
export interface Call {
  readonly id: string;
  readonly request: SelectionRequest;
  readonly verdicts?: readonly Verdict[];
}

/**
 * The frame that asks a module, and the candidates that the guest has once it is read.
 * @param held the candidates that the guest has now: they aren't sent again.
 */
export function encodeCall(
  { id, request, verdicts }: Call,
  held: readonly Candidate[],
): { readonly frame: Uint8Array; readonly held: readonly Candidate[] } {
  const { candidates, seed, ...rest } = request;
  const standing = findStanding(candidates, held);
  const order: CallOrder = {
    do: "call",
    id,
    request: { ...rest, seed: seed.toString() },
    ...(standing === undefined || standing.length === held.length ? {} : { standing }),
    ...(verdicts === undefined ? {} : { verdicts }),
  };
  if (standing !== undefined) return { frame: encodeOrder(order), held };
  const records = new Map([[CANDIDATES, encodeCandidates(candidates)]]);
  return { frame: encodeOrder(order, records), held: candidates };
}
