import {
  GuestConnection,
  type GuestEnd,
  type GuestProcess,
  type Reply,
} from "../../core/sandbox/host/connection.ts";
import { FRAME_HEADROOM_BYTES, FrameError, writeFrameLength } from "../../core/sandbox/wire/frame.ts";
import { isOutOfMemory, tellEnd } from "../../core/sandbox/host/explain.ts";
import { LIFT } from "../../core/sandbox/wire/message.ts";
import { decodeRecords, type Records } from "../../core/sandbox/wire/records.ts";
import { cleanReason } from "../../core/select/answer.ts";
import type { ModuleFailure, ModuleResult } from "../../core/select/outcome.ts";
import { findFault } from "../../core/wasm/component.ts";
import { formatFault } from "../../core/wasm/fault.ts";
import { findLift } from "../../core/wasm/lift.ts";
import { findMadeFault, MADE_LIMIT_BYTES, REFUSAL } from "./made.ts";

/** Much more than is kept of a text, and little to clean. */
const TEXT_LIMIT = 1024;

/** Who asked has stopped waiting. */
const STOPPED: ModuleFailure = { outcome: "timeout", detail: "not prepared in time" };

export interface TranspileOptions {
  /** Starts a process in which the transpiler waits for one component. */
  readonly startTranspiler: () => GuestProcess;
  /** From the start of that process; 0.15 s is usual, 0.5 s for a JavaScript engine. */
  readonly prepareMs: number;
}

/**
 * Checks a component and makes of it what the guest process runs: glue, core modules, and how it is called. Nothing of
 * either is run here.
 *
 * @param signal kills the transpiler, or has none started.
 */
export async function transpile(
  component: Uint8Array,
  { startTranspiler, prepareMs }: TranspileOptions,
  signal?: AbortSignal,
): Promise<ModuleResult<Records>> {
  const isStopped = (): boolean => signal?.aborted === true;
  if (isStopped()) return STOPPED;
  const fault = findFault(component);
  if (fault !== undefined) return { outcome: "wrongWorld", detail: cleanReason(formatFault(fault)) };
  await using transpiler = new GuestConnection(startTranspiler(), MADE_LIMIT_BYTES);
  const stop = (): void => void transpiler.close();
  signal?.addEventListener("abort", stop, { once: true });
  const reply = await transpiler.ask(toOrder(component), prepareMs);
  signal?.removeEventListener("abort", stop);
  if (reply.came !== "answer") return isStopped() ? STOPPED : explain(reply, prepareMs);
  const made = readAnswer(reply.bytes);
  const lift = findLift(component);
  if (made.outcome !== "ok" || lift === undefined) return made;
  return { outcome: "ok", value: new Map([...made.value, [LIFT, Buffer.from(JSON.stringify(lift))]]) };
}

function toOrder(component: Uint8Array): Uint8Array {
  return writeFrameLength(Buffer.concat([new Uint8Array(FRAME_HEADROOM_BYTES), component]));
}

function readAnswer(bytes: Uint8Array): ModuleResult<Records> {
  try {
    const records = decodeRecords(bytes);
    const refusal = records.get(REFUSAL);
    if (refusal !== undefined) return refuse(Buffer.from(refusal.subarray(0, TEXT_LIMIT)).toString());
    const fault = findMadeFault(records);
    return fault === undefined ? { outcome: "ok", value: records } : refuse(fault);
  } catch (error) {
    if (!(error instanceof FrameError)) throw error;
    return fail("answered out of protocol");
  }
}

function explain(reply: Exclude<Reply, { came: "answer" }>, prepareMs: number): ModuleFailure {
  if (reply.came === "late")
    return { outcome: "timeout", detail: `can't be prepared within ${prepareMs} ms` };
  if (reply.came === "tooLong") return fail(`made more than ${MADE_LIMIT_BYTES} bytes`);
  return reply.came === "junk" ? fail("answered out of protocol") : explainEnd(reply.end);
}

function explainEnd(end: GuestEnd): ModuleFailure {
  const how = tellEnd(end);
  if (!isOutOfMemory(end)) return fail(`failed: ${how}`);
  return { outcome: "memory", detail: cleanReason(`can't be prepared: the transpiler ended: ${how}`) };
}

/** The component is to blame. What quotes it is cleaned. */
function refuse(why: string): ModuleFailure {
  return { outcome: "wrongWorld", detail: cleanReason(`can't be prepared: ${why}`) };
}

/** The transpiler itself is, as when its file is missing: that says nothing about the module. */
function fail(how: string): ModuleFailure {
  return { outcome: "error", detail: cleanReason(`the transpiler ${how}`) };
}
