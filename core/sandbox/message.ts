import type { ModuleResult } from "../select/outcome.ts";
import type { ModuleKind, SelectionRequest, Verdict } from "../select/request.ts";
import { encodeRecords, type Records } from "./records.ts";
import { FRAME_HEADROOM_BYTES, writeFrameLength } from "./frame.ts";

/** What the host tells the guest process to do; the JSON record `order` of a frame. */
export type Order = LoadOrder | CallOrder;

/** Comes with the module's own records. */
export interface LoadOrder {
  readonly do: "load";
  readonly digest: string;
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
}

export interface CallOrder {
  readonly do: "call";
  readonly digest: string;
  readonly request: WireRequest;
  /** For a selector. */
  readonly verdicts?: readonly Verdict[];
}

/** A request whose seed is a decimal string. */
export type WireRequest = Omit<SelectionRequest, "seed"> & { readonly seed: string };

/** One answer to one order. The guest sends one more, unasked, when it is ready. */
export type Answer = ModuleResult<unknown>;

export const ORDER = "order";
export const GLUE = "glue";

/** How a component of the plain shape is called, as JSON; absent for others. */
export const LIFT = "lift";

/** The frame that carries an order, and what belongs to it. Its nonce is set when it is sent. */
export function encodeOrder(order: Order, records: Records = new Map()): Uint8Array {
  const all = new Map([[ORDER, Buffer.from(JSON.stringify(order))], ...records]);
  return writeFrameLength(encodeRecords(all, FRAME_HEADROOM_BYTES));
}

/** JSON has no 64-bit numbers. A replacer would do, at twice the time for the whole request. */
export function toWireRequest(request: SelectionRequest): WireRequest {
  return { ...request, seed: request.seed.toString() };
}
