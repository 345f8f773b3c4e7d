import { readdir, rm } from "node:fs/promises";
import path from "node:path";
import type { Records } from "../../core/sandbox/wire/records.ts";
import { CHECK_VERSION } from "../../core/wasm/check/walk.ts";
import { findSealed, seal } from "../../core/sealed.ts";
import { replaceFile, syncFolder } from "../file/atomic-file.ts";
import { type Digest, hexOf } from "../digest.ts";
import { makeFolder } from "../file/new-folder.ts";
import { planPaths } from "../store/folder.ts";
import { findGuardedFile, isGuarded, isGuardedFile } from "../file/guarded-file.ts";
import { JCO_VERSION } from "./jco-version.ts";
import { MADE_LIMIT_BYTES } from "./made.ts";

const FORMAT = "genie-prepared 2";

/** Whether a file for this module is there; its bytes are only checked when it is read. */
export async function isPrepared(storeDir: string, digest: Digest): Promise<boolean> {
  return await isGuardedFile(pathOf(storeDir, digest), MADE_LIMIT_BYTES);
}

/**
 * The records of a module that was prepared by these versions; undefined when there are none, damaged ones, or ones
 * that somebody else may have written: no digest holds for them, so whoever writes them chooses what runs.
 */
export async function findPrepared(storeDir: string, digest: Digest): Promise<Records | undefined> {
  const bytes = await findGuardedFile(pathOf(storeDir, digest), MADE_LIMIT_BYTES);
  const records = bytes && findSealed(FORMAT, bytes);
  return records && new Map(records);
}

/** Replaces what other versions made of this module. Leaves a folder alone that others may write to. */
export async function writePrepared(storeDir: string, digest: Digest, records: Records): Promise<void> {
  const folder = planPaths(storeDir).prepared;
  if (!(await isGuarded(folder))) return;
  await makeFolder(folder, 0o755);
  const name = fileOf(digest);
  await replaceFile(path.join(folder, name), seal(FORMAT, [...records]), { tempDir: folder });
  const old = (await readdir(folder)).filter((it) => it.startsWith(`${hexOf(digest)}-`) && it !== name);
  for (const each of old) await rm(path.join(folder, each), { force: true });
  await syncFolder(folder);
}

function pathOf(storeDir: string, digest: Digest): string {
  return path.join(planPaths(storeDir).prepared, fileOf(digest));
}

function fileOf(digest: Digest): string {
  return `${hexOf(digest)}-check${CHECK_VERSION}-jco${JCO_VERSION}-node${process.versions.node}`;
}
