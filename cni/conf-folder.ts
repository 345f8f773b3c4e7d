import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessMissing } from "../core/missing.ts";
import type { ConfFile } from "../core/networks/candidates.ts";

const EXTENSIONS = [".conf", ".conflist", ".json"];
const FILE_LIMIT_BYTES = 256 * 1024;
const FILE_LIMIT = 4096;
/** A pipe that nobody writes to is empty, and not waited for. */
const READ_WITHOUT_WAIT = constants.O_RDONLY | constants.O_NONBLOCK;

/**
 * The configuration files of a folder, as libcni picks them. A missing folder has none.
 *
 * @throws {Failure} ioFailure when the folder can't be read.
 */
export function readConfFolder(folder: string): Promise<readonly ConfFile[]> {
  return orIoFailure(`the conf folder ${folder} can't be read`, async () => {
    const listed = (await unlessMissing(readdir(folder))) ?? [];
    const names = listed.filter((name) => EXTENSIONS.includes(path.extname(name)));
    const files: ConfFile[] = [];
    for (const name of names.toSorted().slice(0, FILE_LIMIT)) {
      const file = await readConfFile(folder, name);
      if (file !== undefined) files.push(file);
    }
    return files;
  });
}

/** Undefined for a file that went away, and for what is none. What is too long is cut, and so no JSON. */
async function readConfFile(folder: string, name: string): Promise<ConfFile | undefined> {
  try {
    const handle = await open(path.join(folder, name), READ_WITHOUT_WAIT);
    try {
      const { size: sizeBytes } = await handle.stat();
      const buffer = Buffer.alloc(Math.min(sizeBytes, FILE_LIMIT_BYTES));
      const { bytesRead } = await handle.read({ buffer });
      return { name, text: buffer.toString("utf8", 0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = findErrno(error);
    if (["ENOENT", "EISDIR", "ELOOP", "ENXIO"].includes(code ?? "")) return undefined;
    if (["EAGAIN", "EACCES", "EIO"].includes(code ?? "")) return { name, text: "" }; // to be named among the bad ones
    throw error;
  }
}
