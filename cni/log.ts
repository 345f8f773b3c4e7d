import { pino } from "pino";
import type { Log } from "../core/ports.ts";

/** JSON lines on stderr, which runtimes keep. Quiet unless something is wrong. */
export function openLog(): Log {
  return pino(
    { name: "genie", level: "warn", base: { pid: process.pid } },
    pino.destination({ dest: 2, sync: true }),
  );
}
