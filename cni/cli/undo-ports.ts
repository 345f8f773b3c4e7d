import type { Log, UndoPorts } from "../../core/ports.ts";
import { openKernel } from "../kernel.ts";
import { openLedger } from "../ledger/ledger.ts";
import { openExec } from "../process-exec.ts";
import type { Shell } from "./shell.ts";

/** What undoing needs, for a person at a terminal: what plugins and the ledger have to say becomes lines of stderr. */
export function openPorts(stateDir: string, shell: Shell): UndoPorts {
  const { exec, holding } = openExec({ pass: (bytes) => quote(bytes, shell) });
  const log: Log = { warn: (fields, message) => shell.warn(toText(fields, message)) };
  return {
    exec,
    kernel: openKernel(),
    ledger: openLedger(stateDir, { log, holding }),
    log,
    signal: shell.signal,
  };
}

function quote(bytes: Buffer, shell: Shell): void {
  for (const line of bytes.toString().trimEnd().split("\n")) shell.quote(line);
}

function toText({ err }: Readonly<Record<string, unknown>>, message: string): string {
  return err instanceof Error ? `${message}: ${err.message}` : message;
}
