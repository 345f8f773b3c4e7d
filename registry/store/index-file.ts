import { findErrno } from "../../core/errors.ts";
import { unlessCode, unlessMissing } from "../../core/missing.ts";
import { findJsonObject } from "../../core/spec/json.ts";
import { replaceFile, syncFolder } from "../file/atomic-file.ts";
import { RegistryFailure } from "../errors.ts";
import { takeLock } from "../file/file-lock.ts";
import type { StorePaths } from "./folder.ts";
import { damagedIndex, EMPTY_INDEX, formatIndex, LAYOUT_MARKER, type LayoutIndex } from "./layout.ts";
import { MAX_INDEX_BYTES, parseIndex } from "./layout.ts";
import { NOT_A_FILE, readStored } from "./stored-file.ts";

/** A writer holds it for milliseconds; who removes what nobody needs, for longer. */
const LOCK_WAIT_MS = 15_000;
/** What a full disk says, or a full share of it. */
export const FULL = ["ENOSPC", "EDQUOT"];
const MAX_MARKER_BYTES = 4_096;

/** The store's index on disk, and a copy of it: other tools empty the file before they write it anew. */
export class IndexFile {
  readonly #paths: StorePaths;

  constructor(paths: StorePaths) {
    this.#paths = paths;
  }

  /** @throws {RegistryFailure} damagedStore */
  async read(): Promise<LayoutIndex> {
    return (await findIndex(this.#paths.index)) ?? EMPTY_INDEX;
  }

  /** As it is, or as we last wrote it where it's damaged: for readers that find by digest what they look for. */
  async readAnyhow(): Promise<LayoutIndex> {
    try {
      return await this.read();
    } catch (error) {
      if (!isDamage(error)) throw error;
      const copy = await this.findCopy();
      if (copy === undefined) throw error;
      return copy;
    }
  }

  /** As we last wrote it; undefined where that is gone or damaged, too. */
  async findCopy(): Promise<LayoutIndex | undefined> {
    try {
      return await findIndex(this.#paths.indexCopy);
    } catch (error) {
      if (isDamage(error)) return undefined;
      throw error;
    }
  }

  /**
   * Holds the lock, and writes what `change` returns unless it is the same object. On disk when this returns.
   * @throws {RegistryFailure} storeBusy, damagedStore
   */
  async update(change: (index: LayoutIndex) => Promise<LayoutIndex>): Promise<void> {
    await this.locked(async () => {
      const index = await this.read();
      const next = await change(index);
      if (next !== index) await this.write(next);
    });
  }

  async locked<T>(work: () => Promise<T>): Promise<T> {
    const { lock, folder } = this.#paths;
    await using taken = await takeLock(lock, { waitMs: LOCK_WAIT_MS });
    if (taken === undefined) throw new RegistryFailure("storeBusy", `${folder} stays locked`);
    return await work();
  }

  /** Only under the lock. */
  async write(next: LayoutIndex): Promise<void> {
    const { index, indexCopy, marker, folder, temp: tempDir } = this.#paths;
    const bytes = formatIndex(next, index);
    if (!(await isMarked(marker))) await replaceFile(marker, Buffer.from(LAYOUT_MARKER), { tempDir });
    await replaceIndex(index, bytes, tempDir);
    await syncFolder(folder);
    // A power cut may take the copy, and not both; on a full disk there is none, but the index is whole.
    await unlessCode(replaceFile(indexCopy, bytes, { tempDir, sync: false }), FULL);
  }
}

async function findIndex(file: string): Promise<LayoutIndex | undefined> {
  const bytes = await unlessMissing(readStored(file, MAX_INDEX_BYTES));
  if (typeof bytes === "string") throw damagedIndex(file, bytes);
  return bytes && parseIndex(bytes.toString("utf8"), file);
}

/** @throws {RegistryFailure} damagedStore where a folder is in its place */
async function replaceIndex(file: string, bytes: Uint8Array, tempDir: string): Promise<void> {
  try {
    await replaceFile(file, bytes, { tempDir });
  } catch (error) {
    if (findErrno(error) !== "EISDIR") throw error;
    throw damagedIndex(file, NOT_A_FILE);
  }
}

function isDamage(error: unknown): boolean {
  return error instanceof RegistryFailure && error.kind === "damagedStore";
}

async function isMarked(marker: string): Promise<boolean> {
  const bytes = await unlessMissing(readStored(marker, MAX_MARKER_BYTES));
  return (
    bytes instanceof Buffer && findJsonObject(bytes.toString("utf8"))?.["imageLayoutVersion"] === "1.0.0"
  );
}
