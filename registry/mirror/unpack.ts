import { constants } from "node:fs";
import { type FileHandle, open, writeFile } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { createTarDecoder, type ParsedTarEntry, type TarHeader } from "modern-tar";
import { findErrno } from "../../core/errors.ts";
import { hexOf, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { makeFolder } from "../file/new-folder.ts";
import { MAX_INDEX_BYTES } from "../store/layout.ts";
import { MAX_ARCHIVE_BYTES, MAX_ARCHIVE_FILES, MAX_BLOB_BYTES } from "./limits.ts";

const BLOB = /^blobs\/sha256\/([a-f0-9]{64})$/;
/** Two blocks before each file, and what fills its last. Source: pax(1). */
const MAX_HEADERS_BYTES = MAX_ARCHIVE_FILES * 3 * 512;
const MAX_MARKER_BYTES = 4_096;
const WITHOUT_WAIT = constants.O_RDONLY | constants.O_NONBLOCK;
/** Source: RFC 1952, and the frame formats of zstd, xz and bzip2. */
const COMPRESSED = ["1f8b", "28b5", "fd37", "425a"];

/**
 * Unpacks an archive in OCI layout into a new folder, of which it becomes a store. Every blob is held against its
 * digest. Refused: what is compressed, no tar, not whole, or too large; links and devices; any other file, so that no
 * name leads anywhere.
 * @throws {RegistryFailure} badArchive, naming the file and what is wrong with it
 */
export async function unpackArchive(file: string, folder: string): Promise<void> {
  await using handle = await open(file, WITHOUT_WAIT);
  await checkPlain(handle, file);
  await makeFolder(path.join(folder, "blobs/sha256"), 0o755);
  const unpacking = new Unpacking(file, folder);
  try {
    const bytes = Readable.toWeb(handle.createReadStream({ autoClose: false, start: 0 }));
    for await (const entry of bytes.pipeThrough(createTarDecoder({ strict: true })))
      await unpacking.take(entry);
  } catch (error) {
    if (error instanceof RegistryFailure || findErrno(error) !== undefined) throw error;
    throw new RegistryFailure("badArchive", `${file} is no sound tar archive`, { cause: error });
  }
  unpacking.checkWhole();
}

async function checkPlain(handle: FileHandle, file: string): Promise<void> {
  const stats = await handle.stat();
  if (!stats.isFile()) throw new RegistryFailure("badArchive", `${file} is not a file`);
  if (stats.size > MAX_ARCHIVE_BYTES + MAX_HEADERS_BYTES)
    throw new RegistryFailure("badArchive", `${file} is larger than an archive of modules`);
  const { buffer } = await handle.read(Buffer.alloc(2), 0, 2, 0);
  if (!COMPRESSED.includes(buffer.toString("hex"))) return;
  throw new RegistryFailure("badArchive", `${file} is compressed`, {
    todo: "unpack it to a plain .tar first",
  });
}

/** One archive's files, as they come. */
class Unpacking {
  readonly #file: string;
  readonly #folder: string;
  readonly #names = new Set<string>();
  #bytesLeft = MAX_ARCHIVE_BYTES;

  constructor(file: string, folder: string) {
    this.#file = file;
    this.#folder = folder;
  }

  async take({ header, body }: ParsedTarEntry): Promise<void> {
    const name = header.name.replace(/^\.\//, "");
    if (header.type === "directory") return await body.cancel(); // ours are there already
    const maxBytes = this.#check(name, header);
    this.#names.add(name);
    this.#bytesLeft -= header.size;
    if (header.size > maxBytes || this.#bytesLeft < 0 || this.#names.size > MAX_ARCHIVE_FILES)
      return this.#fail(`is larger than an archive of modules: ${name} has ${header.size} bytes`);
    const bytes = new Uint8Array(await new Response(body).arrayBuffer());
    const hex = BLOB.exec(name)?.[1];
    if (hex !== undefined && hexOf(sha256(bytes)) !== hex) this.#fail(`holds other bytes as ${name}`);
    await writeFile(path.join(this.#folder, name), bytes, { flag: "wx", mode: 0o644 });
  }

  checkWhole(): void {
    for (const name of ["oci-layout", "index.json"])
      if (!this.#names.has(name)) this.#fail(`is no archive in OCI layout: it has no ${name}`);
  }

  /** @returns how many bytes it may have. */
  #check(name: string, { type }: TarHeader): number {
    if (type !== "file") return this.#fail(`holds a ${type ?? "thing"} where only files may be`);
    if (this.#names.has(name)) return this.#fail(`holds ${name} twice`);
    if (BLOB.test(name)) return MAX_BLOB_BYTES;
    if (name === "index.json") return MAX_INDEX_BYTES;
    if (name === "oci-layout") return MAX_MARKER_BYTES;
    return this.#fail(`holds ${JSON.stringify(name.slice(0, 200))}, which no OCI layout has`);
  }

  #fail(why: string): never {
    throw new RegistryFailure("badArchive", `${this.#file} ${why}`);
  }
}
