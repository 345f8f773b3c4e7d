import { constants, type Stats } from "node:fs";
import { lstat, open } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

const WRITABLE_BY_OTHERS = 0o022;

/** A pipe in the file's place must not make its reader wait. */
const NO_TRICKS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;

/** Whether only we and root can have put there what a folder holds, or nobody yet. A link never is a folder. */
export async function isGuarded(folder: string): Promise<boolean> {
  const found = await unlessMissing(lstat(folder));
  return found === undefined || (found.isDirectory() && isOurs(found));
}

/** The bytes of a file that only we and root can have written; undefined for any other, a link or a larger one. */
export async function findGuardedFile(file: string, maxBytes: number): Promise<Buffer | undefined> {
  if (!(await isGuarded(path.dirname(file)))) return undefined;
  await using handle = await unlessLink(unlessMissing(open(file, NO_TRICKS)));
  if (handle === undefined) return undefined;
  const found = await handle.stat();
  return found.isFile() && isOurs(found) && found.size <= maxBytes ? await handle.readFile() : undefined;
}

function isOurs({ uid, mode }: Stats): boolean {
  return (uid === 0 || uid === process.geteuid?.()) && (mode & WRITABLE_BY_OTHERS) === 0;
}

async function unlessLink<T>(opening: Promise<T>): Promise<T | undefined> {
  try {
    return await opening;
  } catch (error) {
    if (findErrno(error) === "ELOOP") return undefined;
    throw error;
  }
}
