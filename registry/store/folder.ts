import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { unlessCode, unlessMissing } from "../../core/missing.ts";
import { syncFolder } from "../file/atomic-file.ts";
import { makeFolder } from "../file/new-folder.ts";

/** What lies where in a store; names with a dot are ours, the rest is the OCI image layout's. */
export interface StorePaths {
  readonly folder: string;
  readonly blobs: string;
  readonly index: string;
  readonly indexCopy: string;
  readonly marker: string;
  readonly temp: string;
  readonly lock: string;
  /** What the guest process runs of each module. */
  readonly prepared: string;
}

export function planPaths(folder: string): StorePaths {
  return {
    folder,
    blobs: path.join(folder, "blobs/sha256"),
    index: path.join(folder, "index.json"),
    indexCopy: path.join(folder, ".index-copy"),
    marker: path.join(folder, "oci-layout"),
    temp: path.join(folder, ".tmp"),
    lock: path.join(folder, ".lock"),
    prepared: path.join(folder, ".prepared"),
  };
}

/** Readable by all: nothing in a store is secret. */
const MODE = 0o755;
/** Who may only make folders in a folder can't sync it. */
const UNREADABLE = ["EACCES"];
/** Nobody works on one file for as long as this: a writer was killed. */
const STALE_MS = 3_600_000;
const TEMPORARY = /^\.[0-9a-f]{8}-[0-9a-f-]{27}\.tmp$/;

/** Makes the folders that are missing, and removes what killed writers left long ago. */
export async function prepareFolders({ blobs, temp }: StorePaths): Promise<void> {
  await makeDurable(blobs);
  await makeFolder(temp, MODE);
  await sweep(temp, Date.now() - STALE_MS);
}

/** So that a power cut doesn't take a new store's blobs with the name of their folder. */
async function makeDurable(folder: string): Promise<void> {
  const outermost = await makeFolder(folder, MODE);
  if (outermost === undefined) return;
  const end = path.dirname(outermost);
  for (let at = folder; at !== end; at = path.dirname(at)) {
    await unlessCode(syncFolder(path.dirname(at)), UNREADABLE);
  }
}

async function sweep(folder: string, before: number): Promise<void> {
  for (const name of await readdir(folder)) {
    if (!TEMPORARY.test(name)) continue;
    const file = path.join(folder, name);
    const found = await unlessMissing(stat(file)); // missing: its writer is alive and has just finished
    if (found !== undefined && found.mtimeMs < before) await rm(file, { force: true });
  }
}
