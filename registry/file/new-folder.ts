import { constants } from "node:fs";
import { mkdir, open, stat } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";

/** Of the folder that we have just made, and not of a link that somebody has put in its place. */
const ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW;

/**
 * Has a folder there, making it and the parents that are missing, each with this mode whatever the umask.
 * One by one: node's recursive mkdir never ends where a folder takes no new one and says ENOENT, as in /proc.
 *
 * @returns the outermost folder that it made, if any
 */
export async function makeFolder(folder: string, mode: number): Promise<string | undefined> {
  const missing: string[] = [];
  for (let at = folder; !(await isFolder(at)); at = path.dirname(at)) missing.unshift(at);
  const made: string[] = [];
  for (const each of missing) if (await makeOne(each, mode)) made.push(each);
  return made[0];
}

async function makeOne(folder: string, mode: number): Promise<boolean> {
  try {
    await mkdir(folder, { mode });
  } catch (error) {
    if (findErrno(error) === "EEXIST" && (await isFolder(folder))) return false; // another has just made it
    throw error;
  }
  await using handle = await open(folder, ITSELF);
  await handle.chmod(mode);
  return true;
}

async function isFolder(folder: string): Promise<boolean> {
  return (await unlessMissing(stat(folder)))?.isDirectory() === true;
}
