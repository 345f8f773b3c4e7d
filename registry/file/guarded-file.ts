import { constants, type Stats } from "node:fs";
import { type FileHandle, lstat, open, realpath } from "node:fs/promises";
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
  await using handle = await findOpened(file, maxBytes);
  return await handle?.readFile();
}

/** As findGuardedFile, of what a link leads to; else the clause that says what is asked of such a file. */
export async function readGuarded(file: string, maxBytes: number): Promise<Buffer | string> {
  const bytes = await findGuardedFile(await realpath(file), maxBytes);
  if (bytes !== undefined) return bytes;
  return `must be a file of at most ${maxBytes} bytes that belongs to root or to who reads it, as its folder, and that nobody else may write to`;
}

/** Whether findGuardedFile would give bytes. */
export async function isGuardedFile(file: string, maxBytes: number): Promise<boolean> {
  await using handle = await findOpened(file, maxBytes);
  return handle !== undefined;
}

async function findOpened(file: string, maxBytes: number): Promise<FileHandle | undefined> {
  if (!(await isGuarded(path.dirname(file)))) return undefined;
  await using undo = new AsyncDisposableStack();
  const handle = undo.use(await unlessLink(unlessMissing(open(file, NO_TRICKS))));
  const found = await handle?.stat();
  if (found === undefined || !found.isFile() || !isOurs(found) || found.size > maxBytes) return undefined;
  undo.move();
  return handle;
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
