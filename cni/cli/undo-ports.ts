import type { Log, UndoPorts } from "../../core/ports.ts";
import { openUndoPorts } from "../ports.ts";
import type { Shell } from "./shell.ts";

/** What undoing needs, for a person at a terminal: what plugins and the ledger have to say becomes lines of stderr. */
export function openPorts(stateDir: string, shell: Shell): UndoPorts {
  const log: Log = { warn: (fields, message) => shell.warn(toText(fields, message)) };
  return openUndoPorts(stateDir, { log, signal: shell.signal }, (bytes) => quote(bytes, shell));
}

function quote(bytes: Buffer, shell: Shell): void {
  for (const line of bytes.toString().trimEnd().split("\n")) shell.quote(line);
}

function toText({ err }: Readonly<Record<string, unknown>>, message: string): string {
  return err instanceof Error ? `${message}: ${err.message}` : message;
}
