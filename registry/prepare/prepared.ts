import { createHash } from "node:crypto";
import { chmod, mkdir, readdir, rm } from "node:fs/promises";
import path from "node:path";
import { BinaryError } from "../../core/sandbox/binary.ts";
import { decodeRecords, encodeRecords, type Records } from "../../core/sandbox/records.ts";
import { replaceFile, syncFolder } from "../atomic-file.ts";
import { findFile } from "../blob-folder.ts";
import { JCO_VERSION } from "./jco-version.ts";

/** Above what any module of 16 MiB becomes. */
const MAX_BYTES = 64 * 2 ** 20;
const CHECKSUM_BYTES = 32;

/** Whether a file for this module is there; its bytes are only checked when it is read. */
export async function isPrepared(storeDir: string, digest: string): Promise<boolean> {
  return (await findBytes(storeDir, digest)) !== undefined;
}

/** The records of a module that was prepared by these versions; undefined when there are none, or damaged ones. */
export async function findPrepared(storeDir: string, digest: string): Promise<Records | undefined> {
  const bytes = await findBytes(storeDir, digest);
  if (bytes === undefined || bytes.length < CHECKSUM_BYTES) return undefined;
  const records = bytes.subarray(0, -CHECKSUM_BYTES);
  if (!checksum(records).equals(bytes.subarray(-CHECKSUM_BYTES))) return undefined;
  try {
    return decodeRecords(records);
  } catch (error) {
    if (error instanceof BinaryError) return undefined;
    throw error;
  }
}

/** Replaces what other versions made of this module. */
export async function writePrepared(storeDir: string, digest: string, records: Records): Promise<void> {
  const folder = folderOf(storeDir);
  if ((await mkdir(folder, { recursive: true })) !== undefined) await chmod(folder, 0o755);
  const bytes = encodeRecords(records);
  const name = fileOf(digest);
  await replaceFile(path.join(folder, name), Buffer.concat([bytes, checksum(bytes)]), { tempDir: folder });
  const old = (await readdir(folder)).filter((it) => it.startsWith(`${hexOf(digest)}-`) && it !== name);
  for (const each of old) await rm(path.join(folder, each), { force: true });
  await syncFolder(folder);
}

function findBytes(storeDir: string, digest: string): Promise<Buffer | undefined> {
  return findFile(path.join(folderOf(storeDir), fileOf(digest)), MAX_BYTES);
}

function folderOf(storeDir: string): string {
  return path.join(storeDir, ".prepared");
}

function fileOf(digest: string): string {
  return `${hexOf(digest)}-jco${JCO_VERSION}-node${process.versions.node}`;
}

function hexOf(digest: string): string {
  return digest.slice("sha256:".length);
}

function checksum(bytes: Uint8Array): Buffer {
  return createHash("sha256").update(bytes).digest();
}
