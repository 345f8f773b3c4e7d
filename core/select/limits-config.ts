import * as z from "zod";
import { strict } from "../strict-object.ts";

/** The block `genie.selection.limits`: what a module, and the processes that handle it, may take. */
export const limits = strict({
  /** JavaScript's heap in the guest process, all modules together; wasm memories are beside it. */
  heapMiB: z.number().int().min(32).max(512).default(96),
  /** The component; a registry's artifact never holds more than 16. */
  moduleMiB: z.number().int().min(1).max(16).default(16),
  /** One answer of one module as it leaves the guest process. */
  answerKiB: z.number().int().min(16).max(16_384).default(1_024),
  /** UTF-8 that is kept of each reason; what a module says beyond it is cut off. */
  reasonBytes: z.number().int().min(16).max(240).default(128),
  /** For preparing a module that was not prepared when it was pulled; no part of the deadline. */
  prepareMs: z.number().int().min(100).max(60_000).default(2_000),
  /** For a module that is prepared to be taken up by the guest process; no part of the deadline. */
  loadMs: z.number().int().min(10).max(60_000).default(1_000),
});
