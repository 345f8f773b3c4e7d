import { randomUUID } from "node:crypto";
import { link, rm } from "node:fs/promises";
import path from "node:path";
import { orIoFailure } from "../core/io-failure.ts";
import { unlessCode } from "../core/missing.ts";
import type { ConfMaker } from "../core/ports.ts";
import { replaceFile, syncFolder } from "../registry/file/atomic-file.ts";
import { readHostRoutes } from "./host-routes.ts";

/** Adds configurations to a conf folder. */
export function openConfMaker(confDir: string): ConfMaker {
  return { hostRoutes: readHostRoutes, addFile: (name, text) => addFile(path.join(confDir, name), text) };
}

/** Of two calls at the same time the first wins; nobody sees half a file. */
function addFile(file: string, text: string): Promise<void> {
  return orIoFailure(`the configuration ${file} can't be written`, async () => {
    const folder = path.dirname(file);
    const mine = path.join(folder, `.${randomUUID()}.tmp`);
    await replaceFile(mine, Buffer.from(text), { tempDir: folder });
    try {
      await unlessCode(link(mine, file), ["EEXIST"]);
    } finally {
      await rm(mine, { force: true });
    }
    await syncFolder(folder);
  });
}
