import { readdir, readFile } from "node:fs/promises";
import { unlessMissing } from "../../core/missing.ts";

const KIB = 1024;

/** Resident bytes of each guest process that this process's namespace holds. */
export async function readGuests(): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const found = await Promise.all(pids.map(readGuest));
  return found.filter((bytes) => bytes !== undefined);
}

/** A process may go while it is looked at. */
async function readGuest(pid: string): Promise<number | undefined> {
  const words = await unlessMissing(readFile(`/proc/${pid}/cmdline`, "utf8"));
  if (words?.startsWith("/proc/self/fd/4\0--permission") !== true) return undefined;
  const [, kib] = /^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${pid}/status`, "utf8")) ?? [];
  return kib === undefined ? undefined : Number(kib) * KIB;
}

/** Resident bytes of this process, after all that is garbage is collected. */
export function readHostSettled(): number {
  if (globalThis.gc === undefined) throw new Error("node was started without --expose-gc");
  globalThis.gc();
  return process.memoryUsage.rss();
}
