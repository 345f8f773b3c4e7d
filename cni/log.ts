import { pino } from "pino";
import type { Log } from "../core/ports.ts";
import { writeToStderr } from "./stderr.ts";

/** JSON lines on stderr, which runtimes keep. Quiet unless something is wrong. */
export function openLog(): Log {
  const stream = { write: (line: string) => writeToStderr(Buffer.from(line)) };
  return pino({ name: "genie", level: "warn", base: { pid: process.pid } }, stream);
}
