import { lstat } from "node:fs/promises";
import path from "node:path";
import { Failure } from "../core/errors.ts";
import { replaceFile, syncFolder } from "../registry/file/atomic-file.ts";
import { makeFolder } from "../registry/file/new-folder.ts";

const WRITABLE_BY_ANYONE = 0o002;
const WRITABLE_BY_GROUP = 0o020;

/**
 * Creates a folder that only its owner may enter, with its parents.
 *
 * @throws {Failure} as checkOwnFolder, for a folder that was there.
 */
export async function makePrivateFolder(folder: string): Promise<void> {
  const first = await makeFolder(folder, 0o700);
  if (first !== undefined) await syncFolder(path.dirname(first)); // a power cut must not take it with what is in it
  await checkOwnFolder(folder);
}

/**
 * Refuses a folder that somebody else made or may write to: what root reads there, root runs.
 *
 * @throws {Failure} ioFailure naming the folder.
 */
export async function checkOwnFolder(folder: string): Promise<void> {
  const { uid, gid, mode } = await lstat(folder);
  if (uid === process.geteuid?.() && !isWritableByOthers({ gid, mode })) return;
  const permissions = (mode & 0o7777).toString(8);
  throw new Failure(
    "ioFailure",
    `${folder} is not safe: it belongs to uid ${uid} and has mode ${permissions}`,
    {
      details: "it must be genie's own and not writable by others",
    },
  );
}

/** True when somebody besides the owner and root's own group may add files. */
export function isWritableByOthers({ gid, mode }: { gid: number; mode: number }): boolean {
  return (mode & WRITABLE_BY_ANYONE) !== 0 || ((mode & WRITABLE_BY_GROUP) !== 0 && gid !== 0);
}

/** Replaces an owner-only file; a crash leaves the old one or the new one, a power cut afterwards the new one. */
export async function writeDurably(
  file: string,
  bytes: Uint8Array,
  { temp }: { temp?: string } = {},
): Promise<void> {
  const folder = path.dirname(file);
  await makePrivateFolder(folder);
  await replaceFile(file, bytes, { tempDir: folder, mode: 0o600, ...(temp !== undefined && { temp }) });
  await syncFolder(folder);
}
