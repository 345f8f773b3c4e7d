import { cleanReason } from "../../select/answer.ts";
import type { ModuleFailure } from "../../select/outcome.ts";
import type { GuestEnd } from "./connection.ts";

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

/** Empty where neither is known. */
export function describeEnd({ signal, exitCode }: GuestEnd): string {
  return signal ?? (exitCode === undefined ? "" : `exit code ${exitCode}`);
}
