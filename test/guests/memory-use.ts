import { readFile } from "node:fs/promises";
import { unlessMissing } from "../../core/missing.ts";

export interface MemoryUse {
  readonly hostMiB: number;
  /** Of all processes that this one has started, their own ones included. */
  readonly guestsMiB: number;
}

/** What this process, and those that it started, hold in memory now. */
export async function measureMemory(): Promise<MemoryUse> {
  const sizes = await Promise.all((await listDescendants(process.pid)).map(readResidentMiB));
  return {
    hostMiB: process.memoryUsage.rss() / 2 ** 20,
    guestsMiB: sizes.reduce((sum, size) => sum + size, 0),
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
