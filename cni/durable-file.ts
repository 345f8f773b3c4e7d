import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import path from "node:path";

/**
 * Replaces a file so that a crash leaves the old one or the new one, and that what is written survives a power
 * cut once this returns: temporary file, fsync, rename, fsync of the folder.
 */
export async function writeDurably(file: string, bytes: Uint8Array, mode: number): Promise<void> {
  const folder = path.dirname(file);
  const temporary = path.join(folder, `.tmp-${randomBytes(8).toString("hex")}`);
  try {
    const handle = await open(temporary, "wx", mode);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await syncFolder(folder);
}

/** Makes the folder's entries durable: a rename or removal in it is on disk when this returns. */
export async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Creates a folder that only its owner may enter, with its parents. */
export async function makePrivateFolder(folder: string): Promise<void> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
}
