import { randomUUID } from "node:crypto";
import { open, rename, rm } from "node:fs/promises";
import path from "node:path";

export interface FileOptions {
  /** On the file system of the target. A crash leaves at most one file with a random name here. */
  readonly tempDir: string;
  /** In place of a random name, where only one caller at a time writes the file: a crash's remains are replaced. */
  readonly temp?: string;
  readonly mode?: number;
  /** False where a power cut may leave an empty file, for what can be done without. */
  readonly sync?: boolean;
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/** Puts a file in place whole or not at all. Durable once `syncFolder` has been called on its folder. */
export async function replaceFile(
  file: string,
  bytes: Uint8Array,
  { tempDir, temp: only, mode = 0o644, owner, sync = true }: FileOptions,
): Promise<void> {
  const temp = only ?? path.join(tempDir, `.${randomUUID()}.tmp`);
  await using undo = new AsyncDisposableStack();
  {
    await using handle = await open(temp, only === undefined ? "wx" : "w", 0o600);
    undo.defer(() => rm(temp, { force: true }));
    await handle.writeFile(bytes);
    if (owner !== undefined) await handle.chown(owner.uid, owner.gid);
    await handle.chmod(mode);
    if (sync) await handle.sync();
  }
  await rename(temp, file);
  undo.move();
}

/** Makes the names in a folder survive a power cut. */
export async function syncFolder(folder: string): Promise<void> {
  await using handle = await open(folder, "r");
  await handle.sync();
}
