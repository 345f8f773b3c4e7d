import { realpath } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../../core/errors.ts";
import { takeLock } from "../../registry/file/file-lock.ts";

/** As long as registries may take for a few modules. */
const WAIT_MS = 60_000;

/**
 * Holds a configuration for one geniectl, from reading it to writing it: the next one sees what this one wrote.
 * Runtimes read no file that is called so.
 *
 * @throws {Failure} tryAgainLater when another holds it for all of `waitMs`, ioFailure
 */
export async function lockConfigFile(
  file: string,
  { waitMs = WAIT_MS, signal }: { waitMs?: number; signal: AbortSignal },
): Promise<AsyncDisposable> {
  const target = await naming(realpath(file), `${file} can't be read`);
  const lock = path.join(path.dirname(target), `.${path.basename(target)}.lock`);
  const held = await naming(takeLock(lock, { waitMs, signal }), `${file} can't be locked with ${lock}`);
  signal.throwIfAborted();
  if (held !== undefined) return held;
  throw new Failure("tryAgainLater", `another geniectl is at work on ${file}`, { details: "try again" });
}

async function naming<T>(act: Promise<T>, what: string): Promise<T> {
  try {
    return await act;
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    const details = "check its name, its folder, and who may read and write there";
    throw new Failure("ioFailure", `${what} (${code})`, { details, cause });
  }
}
