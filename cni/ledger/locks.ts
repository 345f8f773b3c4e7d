import path from "node:path";
import { Failure, findErrno } from "../../core/errors.ts";
import { orIoFailure } from "../../core/io-failure.ts";
import type { Ledger, Log } from "../../core/ports.ts";
import { takeLock } from "../../registry/file/file-lock.ts";
import { makePrivateFolder } from "../private-folder.ts";

/** Longer than most delegates take: the other call may be in the middle of one. The runtime tries the rest again. */
const LOCK_WAIT_MS = 60_000;
/** On such a disk nobody can make a lock, and nobody can write an entry. */
const TAKES_NO_FILE = ["EROFS", "ENOSPC", "EDQUOT"];

export interface LockPorts {
  readonly log: Log;
  /** Sees to it that a lock outlives its holder for as long as a delegate of the holder runs. */
  readonly holding: (lockFd: number) => AsyncDisposable;
}

/** The locks of the containers: a file each in `folder`, held by the kernel, so that a crash releases it. */
export function openLocks(folder: string, { log, holding }: LockPorts): Pick<Ledger, "lock" | "tryLock"> {
  const take = (containerId: string, waitMs: number, signal?: AbortSignal) =>
    orIoFailure(`the locks in ${folder} can't be used`, async () => {
      await makePrivateFolder(folder);
      await using undo = new AsyncDisposableStack();
      const taken = await takeLock(path.join(folder, containerId), { waitMs, ...(signal && { signal }) });
      if (taken === undefined) return undefined;
      undo.use(taken);
      undo.use(holding(taken.fd));
      return undo.move();
    });
  return {
    async lock(containerId, signal) {
      const taken = await orWithout(() => take(containerId, LOCK_WAIT_MS, signal), log);
      if (taken !== undefined) return taken;
      throw new Failure("tryAgainLater", `another call for container ${containerId} is still running`);
    },
    tryLock: (containerId) => take(containerId, 0),
  };
}

/** No lock at all on a disk that takes no file. */
async function orWithout<T>(take: () => Promise<T>, log: Log): Promise<T | AsyncDisposable> {
  try {
    return await take();
  } catch (error) {
    if (!(error instanceof Failure) || !TAKES_NO_FILE.includes(findErrno(error.cause) ?? "")) throw error;
    log.warn({ err: error }, "going on without a lock: nobody can take one, or write an entry");
    return new AsyncDisposableStack();
  }
}
