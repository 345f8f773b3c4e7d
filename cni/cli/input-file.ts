import { Failure, findErrno } from "../../core/errors.ts";
import { readBounded } from "../../registry/file/bounded-file.ts";

/** The whole file. @throws {Failure} ioFailure, also when it's no file or has more than `maxBytes` */
export async function readInput(file: string, maxBytes: number): Promise<Buffer> {
  try {
    const found = await readBounded(file, maxBytes);
    if (typeof found !== "string") return found;
    throw new Failure("ioFailure", `${file} ${found}`, { details: "name another file" });
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure("ioFailure", `${file} can't be read (${code})`, {
      details: "check its name and who may read it",
      cause,
    });
  }
}
