import { mkdir, mkdtemp, readdir, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { sweepPartial } from "./debian-package.ts";

test("what a killed fetch left long ago is removed, and nothing else", async () => {
  await using undo = new AsyncDisposableStack();
  const cacheDir = await mkdtemp(path.join(tmpdir(), "genie-cache-"));
  undo.defer(() => rm(cacheDir, { recursive: true }));
  for (const name of [".partial-old", ".partial-young", "package"]) {
    await mkdir(path.join(cacheDir, name));
    await writeFile(path.join(cacheDir, name, "archive.deb"), "");
  }
  for (const name of [".partial-old", "package"]) await utimes(path.join(cacheDir, name), 0, 0);

  await sweepPartial(cacheDir);
  expect((await readdir(cacheDir)).toSorted()).toEqual([".partial-young", "package"]);
  await sweepPartial(path.join(cacheDir, "missing"));
});
