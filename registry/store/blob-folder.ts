import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, rm, stat, utimes } from "node:fs/promises";
import path from "node:path";
import { pipeline } from "node:stream/promises";
import { unlessCode, unlessMissing } from "../../core/missing.ts";
import type { Descriptor } from "../artifact/descriptor.ts";
import { replaceFile, syncFolder } from "../file/atomic-file.ts";
import { checkSize, type Digest, hexOf, isDigest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { readStored } from "./stored-file.ts";

/** A file's age is only a help for who removes what nobody needs. */
const UNTOUCHABLE = ["EPERM", "EACCES", "EROFS"];

export interface BlobFile {
  readonly digest: Digest;
  readonly sizeBytes: number;
  /** Since 1970: when it was put last. */
  readonly modifiedMs: number;
}

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
    const file = this.fileOf(digest);
    const found = await unlessMissing(readStored(file, maxBytes));
    if (found === undefined) return undefined;
    if (typeof found === "string") throw new RegistryFailure("damagedStore", `${file} ${found}`);
    if (sha256(found) === digest) return found;
    throw new RegistryFailure("damagedStore", `${file} doesn't hold what its name says`);
  }

  /** Undefined also for one that is damaged, or larger. */
  async findSound(digest: Digest, maxBytes: number): Promise<Buffer | undefined> {
    try {
      return await this.find(digest, maxBytes);
    } catch (error) {
      if (error instanceof RegistryFailure) return undefined;
      throw error;
    }
  }

  /** @throws {RegistryFailure} damagedStore, sizeMismatch */
  async findNamed(descriptor: Descriptor): Promise<Buffer | undefined> {
    const { digest, size } = descriptor;
    const bytes = await this.find(digest, size);
    if (bytes !== undefined) checkSize(bytes, descriptor, this.fileOf(digest));
    return bytes;
  }

  /** @throws {RegistryFailure} sizeMismatch; damagedStore, also when there is no such blob */
  async read(descriptor: Descriptor): Promise<Buffer> {
    const bytes = await this.findNamed(descriptor);
    if (bytes !== undefined) return bytes;
    throw new RegistryFailure("damagedStore", `${this.fileOf(descriptor.digest)} is missing`);
  }

  /** Replaces a damaged blob, and makes a good one as young as a new one. Durable after `sync`. */
  async put(bytes: Uint8Array): Promise<void> {
    const file = this.fileOf(sha256(bytes));
    const present = await unlessMissing(readStored(file, bytes.byteLength));
    if (!(present instanceof Buffer && present.equals(bytes))) {
      await replaceFile(file, bytes, { tempDir: this.#tempDir });
      return;
    }
    const now = new Date();
    await unlessCode(utimes(file, now, now), UNTOUCHABLE);
  }

  /** The files that are named by a digest, sound or not; as with readers, a link stands for what it leads to. */
  async list(): Promise<BlobFile[]> {
    const names = (await unlessMissing(readdir(this.folder))) ?? [];
    const digests = names.map((name) => `sha256:${name}`).filter(isDigest);
    const files: BlobFile[] = [];
    for (const digest of digests) {
      const found = await unlessCode(stat(this.fileOf(digest)), ["ENOENT", "ELOOP"]);
      if (found?.isFile() === true) files.push({ digest, sizeBytes: found.size, modifiedMs: found.mtimeMs });
    }
    return files;
  }

  /** Whether a file holds what its name says; however large, it takes little memory. */
  async isSound(digest: Digest): Promise<boolean> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(this.fileOf(digest)), hash);
    return hash.digest("hex") === hexOf(digest);
  }

  async remove(digest: Digest): Promise<void> {
    await rm(this.fileOf(digest), { force: true });
  }

  /** Whether there is a file of this size, sound or not. */
  async has(digest: Digest, sizeBytes: number): Promise<boolean> {
    const found = await unlessCode(stat(this.fileOf(digest)), ["ENOENT", "ELOOP"]);
    return found?.isFile() === true && found.size === sizeBytes;
  }

  sync(): Promise<void> {
    return syncFolder(this.folder);
  }

  fileOf(digest: Digest): string {
    return path.join(this.folder, hexOf(digest));
  }
}
