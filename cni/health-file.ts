import path from "node:path";
import { findErrno } from "../core/errors.ts";
import { unlessMissing } from "../core/missing.ts";
import type { Health, Log } from "../core/ports.ts";
import { findHealthBook, formatHealthBook, type HealthBook } from "../core/select/health/book.ts";
import { replaceFile } from "../registry/file/atomic-file.ts";
import { readBounded } from "../registry/file/bounded-file.ts";
import { makeFolder } from "../registry/file/new-folder.ts";

/** More than 64 modules with 32 namespaces each take. */
const MAX_BYTES = 4 * 2 ** 20;

/** Where the book of a node's modules is. */
export function toHealthFile(stateDir: string): string {
  return path.join(stateDir, "modules.json");
}

/** `<stateDir>/modules.json`, which lasts from one process to the next, and need not last for ever. */
export function openHealth(stateDir: string, log: Log): Health {
  const file = toHealthFile(stateDir);
  const warn = (error: unknown, message: string): void => {
    if (findErrno(error) === undefined) throw error;
    log.warn({ err: error, file }, message);
  };
  const read = async (): Promise<HealthBook> => {
    try {
      return await readHealth(file, log);
    } catch (error) {
      warn(error, "what is known of the modules' failures can't be read");
      return [];
    }
  };
  return {
    read,
    update: async (change) => {
      const book = await read();
      const next = change(book);
      if (next === book) return;
      try {
        await makeFolder(stateDir, 0o700);
        const bytes = Buffer.from(formatHealthBook(next));
        await replaceFile(file, bytes, { tempDir: stateDir, mode: 0o600, sync: false });
      } catch (error) {
        warn(error, "what the modules did could not be remembered");
      }
    },
  };
}

async function readHealth(file: string, log: Log): Promise<HealthBook> {
  const bytes = await unlessMissing(readBounded(file, MAX_BYTES));
  if (bytes === undefined) return [];
  const book = typeof bytes === "string" ? undefined : findHealthBook(bytes.toString("utf8"));
  if (book !== undefined) return book;
  log.warn({ file }, "what is known of the modules' failures is damaged: it begins anew");
  return [];
}
