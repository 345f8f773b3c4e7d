import { constants } from "node:fs";
import { open, readdir } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../core/errors.ts";
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
export async function readConfFolder(folder: string): Promise<readonly ConfFile[]> {
  try {
    const names = (await readdir(folder)).filter((name) => EXTENSIONS.includes(path.extname(name)));
    const files = await Promise.all(
      names
        .toSorted()
        .slice(0, FILE_LIMIT)
        .map((name) => readConfFile(folder, name)),
    );
    return files.filter((file) => file !== undefined);
  } catch (error) {
    const code = findErrno(error);
    if (code === "ENOENT") return [];
    throw new Failure("ioFailure", `the conf folder ${folder} can't be read: ${code ?? String(error)}`, {
      cause: error,
    });
  }
}

/** Undefined for a file that went away, and for what is none. What is too long is cut, and so no JSON. */
async function readConfFile(folder: string, name: string): Promise<ConfFile | undefined> {
  try {
    const handle = await open(path.join(folder, name), READ_WITHOUT_WAIT);
    try {
      const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(FILE_LIMIT_BYTES) });
      return { name, text: buffer.toString("utf8", 0, bytesRead) };
    } finally {
      await handle.close();
    }
  } catch (error) {
    const code = findErrno(error);
    if (["ENOENT", "EISDIR", "ELOOP", "ENXIO"].includes(code ?? "")) return undefined;
    throw error;
  }
}
