import { readFile } from "node:fs/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { unlessMissing } from "../../core/missing.ts";

export interface MemoryUse {
  /** Of this process: JavaScript's heap and what hangs on it, without garbage. */
  readonly hostMiB: number;
  /** Resident, of all processes that this one has started, their own ones included. */
  readonly guestsMiB: number;
  /** How many those are. */
  readonly guestProcesses: number;
}

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

/** What this process, and those that it started, hold in memory now. */
export async function measureMemory(): Promise<MemoryUse> {
  if (typeof collectGarbage === "function") collectGarbage();
  const { heapUsed, external } = process.memoryUsage();
  const sizes = await Promise.all((await listDescendants(process.pid)).map(readResidentMiB));
  return {
    hostMiB: (heapUsed + external) / 2 ** 20,
    guestsMiB: sizes.reduce((sum, size) => sum + size, 0),
    guestProcesses: sizes.length,
  };
}

async function listDescendants(pid: number): Promise<number[]> {
  const text = await unlessMissing(readFile(`/proc/${pid}/task/${pid}/children`, "utf8"));
  const children = (text ?? "").split(" ").filter(Boolean).map(Number);
  return children.concat(...(await Promise.all(children.map(listDescendants))));
}

async function readResidentMiB(pid: number): Promise<number> {
  const status = await unlessMissing(readFile(`/proc/${pid}/status`, "utf8"));
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(status ?? "")?.[1] ?? 0) / 1024;
}
