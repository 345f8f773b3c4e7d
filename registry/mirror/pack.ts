import { randomUUID } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rename, rm } from "node:fs/promises";
import path from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createTarPacker, type TarPackController } from "modern-tar";
import { syncFolder } from "../file/atomic-file.ts";
import { type Digest, hexOf } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { BlobFolder } from "../store/blob-folder.ts";
import { planPaths } from "../store/folder.ts";
import { IndexFile } from "../store/index-file.ts";
import { formatIndex, LAYOUT_MARKER, planSorted } from "../store/layout.ts";
import { MAX_BLOB_BYTES } from "./limits.ts";

/** The same in every archive: of the same artifacts, the same bytes. */
const HEADER = { mode: 0o644, uid: 0, gid: 0, uname: "", gname: "", mtime: new Date(0) } as const;
const FOLDER = { ...HEADER, mode: 0o755, size: 0, type: "directory" } as const;

/** Packs a store into a tar archive in OCI layout, whole or not at all; nothing of ours beside the layout goes in. */
export async function packStore(folder: string, file: string): Promise<void> {
  const temp = path.join(path.dirname(file), `.${randomUUID()}.tmp`);
  await using undo = new AsyncDisposableStack();
  undo.defer(() => rm(temp, { force: true }));
  const { readable, controller } = createTarPacker();
  const output = createWriteStream(temp, { flags: "wx", mode: 0o644, flush: true });
  await Promise.all([pipeline(Readable.fromWeb(readable), output), addAll(folder, controller)]);
  await rename(temp, file);
  undo.move();
  await syncFolder(path.dirname(file));
}

async function addAll(folder: string, controller: TarPackController): Promise<void> {
  try {
    const paths = planPaths(folder);
    const blobs = new BlobFolder(paths.blobs, paths.temp);
    const index = planSorted(await new IndexFile(paths).read());
    await addFile(controller, "oci-layout", Buffer.from(LAYOUT_MARKER));
    await addFile(controller, "index.json", formatIndex(index, paths.index));
    for (const name of ["blobs/", "blobs/sha256/"]) await controller.add({ ...FOLDER, name }).close();
    for (const digest of (await blobs.list()).map((blob) => blob.digest).toSorted(compare))
      await addFile(controller, `blobs/sha256/${hexOf(digest)}`, await readBlob(digest));
    controller.finalize();

    async function readBlob(digest: Digest): Promise<Buffer> {
      const bytes = await blobs.find(digest, MAX_BLOB_BYTES);
      if (bytes !== undefined) return bytes;
      throw new RegistryFailure("damagedStore", `${blobs.fileOf(digest)} is missing`);
    }
  } catch (error) {
    controller.error(error);
    throw error;
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : 1;
}

async function addFile(controller: TarPackController, name: string, bytes: Uint8Array): Promise<void> {
  const writer = controller.add({ ...HEADER, name, size: bytes.byteLength, type: "file" }).getWriter();
  if (bytes.byteLength > 0) await writer.write(bytes);
  await writer.close();
}
