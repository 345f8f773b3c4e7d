import type { ModuleResult } from "../select/outcome.ts";
import type { ModuleKind, SelectionRequest, Verdict } from "../select/request.ts";
import { encodeRecords, type Records } from "./records.ts";
import { FRAME_HEADER_BYTES, sealFrame } from "./frame.ts";

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
  readonly request: SelectionRequest;
  /** For a selector. */
  readonly verdicts?: readonly Verdict[];
}

/** One answer to one order. The guest sends one more, unasked, when it is ready. */
export type Answer = ModuleResult<unknown>;

export const ORDER = "order";
export const GLUE = "glue";

/** JSON has no 64-bit numbers: the seed travels as a decimal string. */
export function encodeOrder(order: Order, records: Records = new Map()): Uint8Array {
  const json = JSON.stringify(order, (_key, value: unknown) =>
    typeof value === "bigint" ? value.toString() : value,
  );
  const all = new Map([[ORDER, Buffer.from(json)], ...records]);
  return sealFrame(encodeRecords(all, FRAME_HEADER_BYTES));
}
