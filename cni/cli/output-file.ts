import path from "node:path";
import { Failure, findErrno } from "../../core/errors.ts";
import { type FileOptions, replaceFile, syncFolder } from "../../registry/file/atomic-file.ts";

/** Puts a file in place whole or not at all. @throws {Failure} ioFailure */
export async function writeOutput(
  file: string,
  bytes: Uint8Array,
  options: Omit<FileOptions, "tempDir"> = {},
): Promise<void> {
  const folder = path.dirname(file);
  try {
    await replaceFile(file, bytes, { tempDir: folder, ...options });
    await syncFolder(folder);
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    throw new Failure("ioFailure", `${file} can't be written (${code})`, {
      details: "check its name, its folder, and who may write there",
      cause,
    });
  }
}
