import { constants, openSync, writeSync } from "node:fs";
import { findErrno } from "../core/errors.ts";

const WITHOUT_WAIT = constants.O_WRONLY | constants.O_APPEND | constants.O_NONBLOCK;
const STDERR = 2;

let opened: number | undefined;

/**
 * Writes to our stderr what it takes at once, and drops the rest: a caller who has closed it, or reads it only when we
 * have ended, must not keep us from our deadlines.
 */
export function writeToStderr(bytes: Uint8Array): void {
  opened ??= openStderr();
  try {
    for (let done = 0; done < bytes.length;) done += writeSync(opened, bytes, done);
  } catch (error) {
    if (!["EPIPE", "EAGAIN", "EBADF"].includes(findErrno(error) ?? "")) throw error;
  }
}

/** Opened anew, since not to wait is a property of the open file, which we share with our caller. A socket can't be. */
function openStderr(): number {
  try {
    return openSync(`/proc/self/fd/${STDERR}`, WITHOUT_WAIT);
  } catch (error) {
    if (["ENXIO", "ENOENT", "EACCES", "EPERM"].includes(findErrno(error) ?? "")) return STDERR;
    throw error;
  }
}
