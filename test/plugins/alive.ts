import { readFile } from "node:fs/promises";
import { findErrno } from "../../core/errors.ts";

/** How many of these processes run. */
export async function countAlive(pids: readonly number[]): Promise<number> {
  return (await Promise.all(pids.map(isAlive))).filter(Boolean).length;
}

/** A dead one that nobody has waited for yet is a zombie. Source: proc(5). */
async function isAlive(pid: number): Promise<boolean> {
  try {
    return !/\) [ZX] /.test(await readFile(`/proc/${pid}/stat`, "utf8"));
  } catch (error) {
    if (!["ENOENT", "ESRCH"].includes(findErrno(error) ?? "")) throw error;
    return false;
  }
}
