import { realpath } from "node:fs/promises";
import { Failure, findErrno } from "../../core/errors.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";
import { findGuardedFile } from "../../registry/file/guarded-file.ts";

const MAX_BYTES = 2 ** 20;

/**
 * A file that decides whom we believe. A link is followed; what it leads to must be as safe.
 *
 * @throws {Failure} invalidConfig when it isn't there, or others may write to it.
 */
export async function readGuarded(file: string): Promise<string> {
  const bytes = await naming("invalidConfig", file, async () =>
    findGuardedFile(await realpath(file), MAX_BYTES),
  );
  if (bytes !== undefined) return bytes.toString();
  throw new Failure("invalidConfig", `${file} is not safe to be believed`, {
    details: `it must be a file of at most ${MAX_BYTES} bytes that belongs to root, as its folder, and that nobody else may write to`,
  });
}

/**
 * A token, a certificate or a key.
 *
 * @throws {Failure} tryAgainLater when it can't be read: who brings it may be about to.
 */
export async function readCredential(file: string): Promise<string> {
  const found = await naming("tryAgainLater", file, () => readBounded(file, MAX_BYTES));
  if (typeof found !== "string") return found.toString();
  throw new Failure("tryAgainLater", `${file} ${found}`);
}

async function naming<T>(
  kind: "invalidConfig" | "tryAgainLater",
  file: string,
  read: () => Promise<T>,
): Promise<T> {
  try {
    return await read();
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure(kind, `${file} can't be read (${code})`, {
      details: "bring it there, readable by root, or name another file",
      cause,
    });
  }
}
