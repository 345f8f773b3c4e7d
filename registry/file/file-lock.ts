import { type ChildProcess, spawn } from "node:child_process"; // execa can't hand over a descriptor that is open already
import { once } from "node:events";
import { constants } from "node:fs";
import { open, rm, stat, type FileHandle } from "node:fs/promises";
import { Failure, findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

/** Exit code of flock(1) when the wait is over; its default is 1, which also stands for other failures. */
const BUSY = 75;
/** A pipe or a link in the lock's place is an error: neither waited for nor followed. */
const APPEND =
  constants.O_WRONLY | constants.O_APPEND | constants.O_CREAT | constants.O_NONBLOCK | constants.O_NOFOLLOW;
/** On top of the wait: flock ends by itself. */
const KILL_AFTER_MS = 5_000;

interface HeldLock extends AsyncDisposable {
  /** The open file that the lock is on. Whoever has a duplicate of it keeps the lock, even when we are gone. */
  readonly fd: number;
}

/**
 * Takes the lock `file` for this process, and removes the file when it is released; undefined when another holds it
 * for all of `waitMs`, or until the signal comes. The kernel holds it (flock(2) on an open file), so a crash releases
 * it; util-linux' flock takes it on our descriptor, since node can't.
 *
 * @throws {Failure} ioFailure when flock itself fails.
 */
export async function takeLock(
  file: string,
  { waitMs, signal }: { waitMs: number; signal?: AbortSignal },
): Promise<HeldLock | undefined> {
  const giveUpAtMs = performance.now() + waitMs;
  for (;;) {
    await using undo = new AsyncDisposableStack();
    const handle = undo.use(await open(file, APPEND, 0o600));
    const leftMs = Math.max(0, Math.ceil(giveUpAtMs - performance.now()));
    if (!(await lock(handle, leftMs, signal))) return undefined;
    if (!(await isStillAt(file, handle))) continue; // the one before us removed it: lock the one that is there now
    undo.defer(() => rm(file, { force: true }));
    const held = undo.move();
    return { fd: handle.fd, [Symbol.asyncDispose]: () => held.disposeAsync() };
  }
}

/** @returns false when it is busy. */
async function lock({ fd }: FileHandle, waitMs: number, signal: AbortSignal | undefined): Promise<boolean> {
  const isStopped = (): boolean => signal?.aborted === true;
  if (isStopped()) return false;
  const seconds = (waitMs / 1000).toFixed(3);
  const flock = spawn("flock", ["-x", "-w", seconds, "-E", String(BUSY), "3"], {
    stdio: ["ignore", "ignore", "inherit", fd],
    env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    timeout: waitMs + KILL_AFTER_MS,
    killSignal: "SIGKILL",
  });
  const exitCode = await waitForExit(flock, signal);
  if (exitCode === 0 || exitCode === BUSY || isStopped()) return exitCode === 0;
  throw new Failure("ioFailure", `flock of util-linux could not lock: it ended with ${String(exitCode)}`);
}

async function waitForExit(flock: ChildProcess, signal: AbortSignal | undefined): Promise<unknown> {
  const stop = (): void => void flock.kill("SIGKILL");
  signal?.addEventListener("abort", stop, { once: true });
  try {
    const [exitCode]: unknown[] = await once(flock, "exit");
    return exitCode;
  } catch (error) {
    if (findErrno(error) !== "ENOENT") throw error;
    throw new Failure("ioFailure", "the program flock is missing: install util-linux", { cause: error });
  } finally {
    signal?.removeEventListener("abort", stop);
  }
}

async function isStillAt(file: string, handle: FileHandle): Promise<boolean> {
  const [ours, there] = await Promise.all([handle.stat(), unlessMissing(stat(file))]);
  return there !== undefined && there.ino === ours.ino && there.dev === ours.dev;
}
