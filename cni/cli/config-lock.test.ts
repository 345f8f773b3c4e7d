import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { lockConfigFile } from "./config-lock.ts";

const { signal } = new AbortController();

let folder: string;
let file: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-lock-"));
  file = path.join(folder, "genie.conf");
  await writeFile(file, "{}");
});
afterEach(() => rm(folder, { recursive: true }));

test("one at a time, also by another name; nothing is left", async () => {
  const link = path.join(folder, "link.conf");
  await symlink(file, link);
  {
    await using _held = await lockConfigFile(file, { signal });
    await expect(lockConfigFile(link, { waitMs: 50, signal })).rejects.toThrow(
      `another geniectl is at work on ${link}`,
    );
  }
  {
    await using _held = await lockConfigFile(link, { waitMs: 0, signal });
  }
  expect((await readdir(folder)).toSorted()).toEqual(["genie.conf", "link.conf"]);
});

test("a file that isn't there is named, and no lock is made", async () => {
  const gone = path.join(folder, "gone.conf");
  await expect(lockConfigFile(gone, { signal })).rejects.toThrow(`${gone} can't be read (ENOENT)`);
  expect(await readdir(folder)).toEqual(["genie.conf"]);
});

test("a folder in which no lock can be made is named", async () => {
  await expect(lockConfigFile("/proc/self/status", { signal })).rejects.toThrow(
    /^\/proc\/self\/status can't be locked with \/proc\/\d+\/\.status\.lock \(E[A-Z]+\)$/,
  );
});

test("who is told to stop doesn't wait", async () => {
  await using _held = await lockConfigFile(file, { signal });
  const stop = new AbortController();
  const waiting = lockConfigFile(file, { signal: stop.signal });
  stop.abort();
  await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
});
