import { mkdir } from "node:fs/promises";
import path from "node:path";
import { replaceFile, syncFolder } from "../registry/atomic-file.ts";

/** Creates a folder that only its owner may enter, with its parents. */
export async function makePrivateFolder(folder: string): Promise<void> {
  const first = await mkdir(folder, { recursive: true, mode: 0o700 });
  if (first !== undefined) await syncFolder(path.dirname(first)); // a power cut must not take it with what is in it
}

/** Replaces an owner-only file; a crash leaves the old one or the new one, a power cut afterwards the new one. */
export async function writeDurably(file: string, bytes: Uint8Array): Promise<void> {
  const folder = path.dirname(file);
  await makePrivateFolder(folder);
  await replaceFile(file, bytes, { tempDir: folder, mode: 0o600 });
  await syncFolder(folder);
}
