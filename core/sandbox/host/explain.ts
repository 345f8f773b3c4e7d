import { cleanReason } from "../../select/answer.ts";
import type { ModuleFailure } from "../../select/outcome.ts";
import type { GuestEnd, Reply } from "./connection.ts";

/** How a process ends that ran out of memory: by V8's hand (SIGSEGV as the first of its pid namespace), or the kernel's. */
const MEMORY_SIGNALS: readonly (string | undefined)[] = [
  "SIGABRT",
  "SIGTRAP",
  "SIGILL",
  "SIGSEGV",
  "SIGKILL",
];

/** Whether the process ended as one does that has no memory left. */
export function isOutOfMemory({ signal }: GuestEnd): boolean {
  return MEMORY_SIGNALS.includes(signal);
}

/** What the end of a guest process says of the module in it. */
export function explainEnd(end: GuestEnd): ModuleFailure {
  const outcome = isOutOfMemory(end) ? "memory" : "trap";
  return { outcome, detail: `the guest process ended: ${describeEnd(end) || cleanReason(end.lastWords)}` };
}

/** How it ended, and the last that it said. */
export function tellEnd(end: GuestEnd): string {
  return [describeEnd(end), end.lastWords].filter(Boolean).join(", ");
}

/** Empty where neither is known. */
function describeEnd({ signal, exitCode }: GuestEnd): string {
  return signal ?? (exitCode === undefined ? "" : `exit code ${exitCode}`);
}

/** No guest, no module: nobody is to blame for it. */
export function explainStart(why: string): ModuleFailure {
  return { outcome: "error", detail: `the guest process did not start: ${cleanReason(why)}` };
}

/** Why a guest process never said that it is ready. */
export function explainSilence(reply: Exclude<Reply, { came: "answer" }>, startMs: number): string {
  if (reply.came === "late") return `not ready after ${startMs} ms`;
  if (reply.came !== "end") return "it spoke out of protocol";
  return tellEnd(reply.end);
}

/** Why there is no answer to a question. */
export function explainReply(reply: Reply, deadlineMs: number): ModuleFailure {
  if (reply.came === "late")
    return { outcome: "timeout", detail: `stopped after ${Math.round(deadlineMs)} ms` };
  if (reply.came === "end") return explainEnd(reply.end);
  if (reply.came === "tooLong") return { outcome: "badAnswer", detail: "the answer is longer than allowed" };
  return { outcome: "trap", detail: "the guest process answered out of protocol" };
}
