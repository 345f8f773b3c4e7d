import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import type { ComponentShape } from "../../core/wasm/component.ts";
import { type Artifact, MAX_JSON_BYTES, parseConfig, parseManifest } from "../artifact.ts";
import { replaceFile, syncFolder } from "../atomic-file.ts";
import { BlobFolder } from "./blob-folder.ts";
import { readBounded } from "../bounded-file.ts";
import { isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { takeLock } from "../file-lock.ts";
import { damagedIndex, EMPTY_INDEX, LAYOUT_MARKER, type LayoutEntry, type LayoutIndex } from "./layout.ts";
import { formatIndex, listEntries, MAX_INDEX_BYTES, parseIndex, planEntry } from "./layout.ts";
import { formatReference, type Reference } from "../reference.ts";
import { planPaths, prepareFolders, type StorePaths } from "./folder.ts";

/** A module out of the store; every byte was checked against the digest. */
export interface StoredModule extends Artifact {
  /** As its config says. */
  readonly shape: ComponentShape;
}

/** Opens nothing yet: a folder that doesn't exist is an empty store. */
export function openStore(folder: string): Store {
  return new Store(folder);
}

/** A writer holds it for milliseconds. */
const LOCK_WAIT_MS = 15_000;

/**
 * The modules of this node, in a folder in OCI image layout, which other tools may fill as well.
 * Readers need no lock and no right to write. Every method throws RegistryFailure.
 */
export class Store {
  readonly #paths: StorePaths;
  readonly #blobs: BlobFolder;

  constructor(folder: string) {
    this.#paths = planPaths(folder);
    this.#blobs = new BlobFolder(this.#paths.blobs, this.#paths.temp);
  }

  /** Reads no index, so that a damaged one stops no pod. Undefined also when there is no store at all. */
  findModule(digest: string): Promise<StoredModule | undefined> {
    return this.#naming(async () => {
      if (!isDigest(digest)) return undefined;
      const manifest = await this.#blobs.find(digest, MAX_JSON_BYTES);
      if (manifest === undefined) return undefined;
      const { config: configAt, layer } = parseManifest(manifest, digest);
      const [config, wasm] = await Promise.all([this.#blobs.read(configAt), this.#blobs.read(layer)]);
      return { digest, manifest, config, wasm, shape: parseConfig(config, layer.digest, digest) };
    });
  }

  /** What the index names; whether the blobs are there and sound is for `findModule` to say. */
  listEntries(): Promise<LayoutEntry[]> {
    return this.#naming(async () => listEntries(await this.#readIndex()));
  }

  /** Makes the store if need be. On disk, blobs before the index that names them, when this returns. */
  put(artifact: Artifact, reference: Reference): Promise<void> {
    const { temp: tempDir, lock, marker, index, folder } = this.#paths;
    return this.#naming(async () => {
      await prepareFolders(this.#paths);
      for (const bytes of [artifact.wasm, artifact.config, artifact.manifest]) await this.#blobs.put(bytes);
      await this.#blobs.sync();
      const manifest = { digest: artifact.digest, size: artifact.manifest.byteLength };
      await using taken = await takeLock(lock, { waitMs: LOCK_WAIT_MS });
      if (taken === undefined) throw new RegistryFailure("storeBusy", `${folder} stays locked`);
      const next = planEntry(await this.#readIndex(), formatReference(reference), manifest);
      await replaceFile(marker, Buffer.from(LAYOUT_MARKER), { tempDir });
      await replaceFile(index, formatIndex(next, index), { tempDir });
      await syncFolder(folder);
    });
  }

  async #readIndex(): Promise<LayoutIndex> {
    const { index } = this.#paths;
    const bytes = await unlessMissing(readBounded(index, MAX_INDEX_BYTES));
    if (bytes === undefined) return EMPTY_INDEX;
    if (typeof bytes === "string") throw damagedIndex(index, bytes);
    return parseIndex(bytes.toString("utf8"), index);
  }

  /** A system error becomes a failure that names the store; anything else passes. */
  async #naming<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      const code = findErrno(cause);
      if (code === undefined) throw cause;
      throw new RegistryFailure(
        "storeFailed",
        `the module store ${this.#paths.folder} can't be used (${code})`,
        { cause },
      );
    }
  }
}
