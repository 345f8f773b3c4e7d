import { randomBytes } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { Failure, findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

const POLL_MS = 10;

/**
 * Takes the lock `file` for this process. A lock whose owner has died is taken over, so a crash blocks nobody.
 * The owner is named by pid and start time: a pid alone may be another process by now.
 *
 * @throws {Failure} tryAgainLater when it stays taken for `waitMs`.
 */
export async function takeLock(file: string, waitMs: number): Promise<AsyncDisposable> {
  const mine = path.join(path.dirname(file), `.mine-${randomBytes(8).toString("hex")}`);
  const me = `${process.pid} ${await findStartTime(process.pid)}`;
  await writeFile(mine, me, { mode: 0o600, flag: "wx" });
  try {
    const giveUpAtMs = performance.now() + waitMs;
    while (!(await tryLink(mine, file))) {
      if (performance.now() > giveUpAtMs) {
        throw new Failure("tryAgainLater", `another call for this container is still running (${file})`);
      }
      if (!(await clearDeadOwner(file))) await wait(POLL_MS);
    }
  } finally {
    await rm(mine, { force: true });
  }
  return { [Symbol.asyncDispose]: () => rm(file, { force: true }) };
}

async function tryLink(mine: string, file: string): Promise<boolean> {
  try {
    await link(mine, file);
    return true;
  } catch (error) {
    if (findErrno(error) === "EEXIST") return false;
    throw error;
  }
}

/**
 * Removes the lock of a dead owner. It is moved aside first and looked at again: between the two looks another
 * process may have cleared it and taken a new one, which is then put back.
 */
async function clearDeadOwner(file: string): Promise<boolean> {
  if (await isOwnerAlive(file)) return false;
  const aside = `${file}.${randomBytes(8).toString("hex")}`;
  try {
    await rename(file, aside);
  } catch (error) {
    if (findErrno(error) === "ENOENT") return true;
    throw error;
  }
  try {
    if (await isOwnerAlive(aside)) await tryLink(aside, file);
  } finally {
    await rm(aside, { force: true });
  }
  return true;
}

async function isOwnerAlive(file: string): Promise<boolean> {
  const owner = await findText(file);
  if (owner === undefined) return false;
  const [pid, startTime] = owner.split(" ");
  return startTime !== undefined && (await findStartTime(Number(pid))) === startTime;
}

/** Field 22 of /proc/PID/stat, counted after the command's name, which may hold anything. Source: proc(5). */
async function findStartTime(pid: number): Promise<string | undefined> {
  const stat = Number.isSafeInteger(pid) ? await findText(`/proc/${pid}/stat`) : undefined;
  return stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
}

/** A process that goes away while it is read answers ESRCH. */
async function findText(file: string): Promise<string | undefined> {
  try {
    return await unlessMissing(readFile(file, "utf8"));
  } catch (error) {
    if (findErrno(error) === "ESRCH") return undefined;
    throw error;
  }
}
