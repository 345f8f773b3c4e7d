import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readBounded } from "./bounded-file.ts";

let dir: string;
let file: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-bounded-"));
  file = path.join(dir, "file");
});
afterEach(() => rm(dir, { recursive: true }));

test.each([0, 1, 100_000])("a file of %i bytes is read whole", async (sizeBytes) => {
  const bytes = Buffer.alloc(sizeBytes, "genie");
  await writeFile(file, bytes);
  expect(await readBounded(file, sizeBytes)).toEqual(bytes);
});

test("one byte too much is said, and not read", async () => {
  await writeFile(file, "12345");
  expect(await readBounded(file, 4)).toBe("has 5 bytes, more than 4");
});

test("a pipe that nobody writes to is no file, and not waited for", async () => {
  await execa("mkfifo", [file]);
  expect(await readBounded(file, 10)).toBe("is not a file");
});

test("a link to a device that never ends is no file", async () => {
  await symlink("/dev/zero", file);
  expect(await readBounded(file, 10)).toBe("is not a file");
});

test("a folder is no file", async () => {
  expect(await readBounded(dir, 10)).toBe("is not a file");
});

test("a file that holds more than it says gives what it said", async () => {
  await symlink("/proc/self/maps", file); // size 0, and much in it
  expect(await readBounded(file, 10)).toEqual(Buffer.alloc(0));
});
