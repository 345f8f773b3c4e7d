import { constants } from "node:fs";
import { type FileHandle, open, rm } from "node:fs/promises";
import path from "node:path";
import { Failure, findErrno } from "../../core/errors.ts";
import { syncFolder } from "../../registry/file/atomic-file.ts";

export interface NewFile {
  readonly file: string;
  readonly bytes: Uint8Array;
  readonly mode: number;
}

/** Files that weren't there, all of them or none. @throws {Failure} ioFailure, also when one is there */
export async function writeNew(files: readonly NewFile[]): Promise<void> {
  await using undo = new AsyncDisposableStack();
  for (const { file, bytes, mode } of files) {
    await using handle = await create(file, mode);
    undo.defer(() => rm(file, { force: true }));
    await naming(file, async () => {
      await handle.chmod(mode);
      await handle.writeFile(bytes);
      await handle.sync();
      await syncFolder(path.dirname(file));
    });
  }
  undo.move();
}

function create(file: string, mode: number): Promise<FileHandle> {
  const { O_WRONLY, O_CREAT, O_EXCL, O_NOFOLLOW } = constants;
  return naming(file, () => open(file, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW, mode & 0o600));
}

async function naming<T>(file: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const code = findErrno(cause);
    if (code === undefined) throw cause;
    const [why, details] =
      code === "EEXIST"
        ? ["is there already", "name others, or move it away first"]
        : [`can't be written (${code})`, "check its name, its folder, and who may write there"];
    throw new Failure("ioFailure", `${file} ${why}`, { details, cause });
  }
}
