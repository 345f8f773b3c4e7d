import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { isWritableByOthers, writeDurably } from "./private-folder.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-private-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("makes the folders on the way, for the owner only", async () => {
  const file = path.join(dir, "a/b/file");
  await writeDurably(file, Buffer.from([0, 255]));
  expect([...(await readFile(file))]).toEqual([0, 255]);
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  for (const folder of ["a", "a/b"]) expect((await stat(path.join(dir, folder))).mode & 0o777).toBe(0o700);
});

test("replaces the whole file, in one step: its reader keeps the old one", async () => {
  const file = path.join(dir, "file");
  await writeFile(file, "the old and longer text", { mode: 0o644 });
  const before = await stat(file);
  await writeDurably(file, Buffer.from("new"));
  expect(await readFile(file, "utf8")).toBe("new");
  const after = await stat(file);
  expect(after.ino).not.toBe(before.ino);
  expect(after.mode & 0o777).toBe(0o600);
  expect(await readdir(dir)).toEqual(["file"]);
});

test("leaves nothing beside what can't be replaced", async () => {
  await mkdir(path.join(dir, "file/full"), { recursive: true });
  await expect(writeDurably(path.join(dir, "file"), Buffer.from("x"))).rejects.toThrow(
    /EISDIR|ENOTEMPTY|EEXIST/,
  );
  expect(await readdir(dir)).toEqual(["file"]);
});

const unsafe = { kind: "ioFailure", message: expect.stringContaining("is not safe") };

test.each([
  [0o770, 65534, true],
  [0o770, 0, false],
  [0o750, 65534, false],
  [0o1777, 0, true],
])("mode %o of group %i is writable by others: %s", (mode, gid, expected) => {
  expect(isWritableByOthers({ mode, gid })).toBe(expected);
});

test("refuses a folder that anyone may write to, and a link that somebody may have laid", async () => {
  await mkdir(path.join(dir, "open"));
  await chmod(path.join(dir, "open"), 0o1777);
  await expect(writeDurably(path.join(dir, "open/file"), Buffer.from("x"))).rejects.toMatchObject(unsafe);
  await mkdir(path.join(dir, "mine"), { mode: 0o700 });
  await symlink("mine", path.join(dir, "link"));
  await expect(writeDurably(path.join(dir, "link/file"), Buffer.from("x"))).rejects.toMatchObject(unsafe);
  expect(await readdir(path.join(dir, "mine"))).toEqual([]);
});
