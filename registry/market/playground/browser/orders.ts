import type { Arguments } from "../../../../core/sandbox/guest/abi/lower.ts";
import type { ModuleKind } from "../../../../core/select/request.ts";

/** What the page, the frame and the worker tell each other; answers are JSON, and nobody's word is taken for them. */

/** The module that the frame runs from now on. */
export interface LoadOrder {
  readonly do: "load";
  readonly kind: ModuleKind;
  readonly memoryBytes: number;
  /** Core modules by name, `lift`, and the glue. */
  readonly records: ReadonlyMap<string, Uint8Array>;
}

export interface AskOrder {
  readonly do: "ask";
  readonly id: number;
  readonly args: Arguments;
  readonly maxItems: number;
}

export type Order = LoadOrder | AskOrder;

/** What comes back for an order, from the worker and then from the frame. */
export interface Said {
  /** The order's; of a load 0. */
  readonly id: number;
  /** JSON of an answer. */
  readonly text: string;
}

/** Far more than the answers about as many candidates as a page shows. */
const MOST_CHARACTERS = 2 ** 20;

/** Reads a message from where a module runs. @returns undefined when it is nothing that is said there. */
export function findSaid(message: unknown): Said | undefined {
  if (typeof message !== "object" || message === null || !("id" in message) || !("text" in message)) {
    return undefined;
  }
  const { id, text } = message;
  if (typeof id !== "number" || typeof text !== "string" || text.length > MOST_CHARACTERS) return undefined;
  return { id, text };
}
