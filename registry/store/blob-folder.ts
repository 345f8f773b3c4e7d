import { stat } from "node:fs/promises";
import path from "node:path";
import { unlessMissing } from "../../core/missing.ts";
import type { Descriptor } from "../artifact.ts";
import { replaceFile, syncFolder } from "../atomic-file.ts";
import { readBounded } from "../bounded-file.ts";
import { type Digest, hexOf, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";

/** Files named by the digest of what they hold, which is checked each time one is read. */
export class BlobFolder {
  readonly folder: string;
  readonly #tempDir: string;

  constructor(folder: string, tempDir: string) {
    this.folder = folder;
    this.#tempDir = tempDir;
  }

  /** @throws {RegistryFailure} damagedStore */
  async find(digest: Digest, maxBytes: number): Promise<Buffer | undefined> {
    const file = this.#fileOf(digest);
    const found = await unlessMissing(readBounded(file, maxBytes));
    if (found === undefined) return undefined;
    if (typeof found === "string") throw new RegistryFailure("damagedStore", `${file} ${found}`);
    if (sha256(found) === digest) return found;
    throw new RegistryFailure("damagedStore", `${file} doesn't hold what its name says`);
  }

  /** @throws {RegistryFailure} damagedStore, also when there is no such blob */
  async read({ digest, size }: Descriptor): Promise<Buffer> {
    const bytes = await this.find(digest, size);
    if (bytes !== undefined) return bytes;
    throw new RegistryFailure("damagedStore", `${this.#fileOf(digest)} is missing`);
  }

  /** Replaces a damaged blob and leaves a good one alone. Durable after `sync`. */
  async put(bytes: Uint8Array): Promise<void> {
    const file = this.#fileOf(sha256(bytes));
    const present = await unlessMissing(readBounded(file, bytes.byteLength));
    if (present instanceof Buffer && present.equals(bytes)) return;
    await replaceFile(file, bytes, { tempDir: this.#tempDir });
  }

  /** Whether there is a file of this size, sound or not. */
  async has(digest: Digest, sizeBytes: number): Promise<boolean> {
    const found = await unlessMissing(stat(this.#fileOf(digest)));
    return found?.isFile() === true && found.size === sizeBytes;
  }

  sync(): Promise<void> {
    return syncFolder(this.folder);
  }

  #fileOf(digest: Digest): string {
    return path.join(this.folder, hexOf(digest));
  }
}
