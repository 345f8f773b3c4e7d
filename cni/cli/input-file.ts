import { open } from "node:fs/promises";
import { Failure, findErrno } from "../../core/errors.ts";

/** The whole file. @throws {Failure} ioFailure, also when it's no file or has more than `maxBytes` */
export async function readInput(file: string, maxBytes: number): Promise<Buffer> {
  try {
    await using handle = await open(file);
    const stats = await handle.stat();
    if (stats.isFile() && stats.size <= maxBytes) return await handle.readFile();
    const fault = stats.isFile() ? `has ${stats.size} bytes, more than ${maxBytes}` : "is not a file";
    throw new Failure("ioFailure", `${file} ${fault}`, { details: "name another file" });
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure("ioFailure", `${file} can't be read (${code})`, {
      details: "check its name and who may read it",
      cause,
    });
  }
}
