import { readdir, readFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { findErrno } from "../../core/errors.ts";
import { unlessCode } from "../../core/missing.ts";

/** After SIGKILL only the kernel itself can keep a process, such as one that waits for a lock of the network stack. */
const GONE_WITHIN_MS = 1_000;
const LOOK_EVERY_MS = 5;

/** @returns false when none of the group's processes is left. */
export function signalGroup(group: number, signal: "SIGTERM" | "SIGKILL" | 0): boolean {
  try {
    return process.kill(-group, signal);
  } catch (error) {
    if (findErrno(error) === "ESRCH") return false;
    throw error;
  }
}

/** Kills what is left of a group, and waits for its end, but not for ever. */
export async function endGroup(group: number): Promise<void> {
  const giveUpAtMs = performance.now() + GONE_WITHIN_MS;
  let isLeft = signalGroup(group, "SIGKILL");
  while (isLeft && performance.now() < giveUpAtMs) {
    await sleep(LOOK_EVERY_MS);
    isLeft = signalGroup(group, 0) && (await hasLiving(group)); // a signal reaches those, too, that are dead already
  }
}

async function hasLiving(group: number): Promise<boolean> {
  for (const name of await readdir("/proc")) {
    if (!/^\d+$/.test(name)) continue;
    const { state, processGroup, threads } = await readProcess(name);
    const isDead = /^[ZX]$/.test(state) && threads <= 1; // a dead leader may have threads that live
    if (processGroup === group && !isDead) return true;
  }
  return false;
}

/** Fields as in proc(5), counted from behind the name, which may hold anything. */
async function readProcess(name: string) {
  const stat = (await unlessCode(readFile(`/proc/${name}/stat`, "utf8"), ["ENOENT", "ESRCH"])) ?? ""; // it is gone
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return { state: fields[0] ?? "", processGroup: Number(fields[2]), threads: Number(fields[17]) };
}
