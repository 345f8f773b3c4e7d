import { mkdir, mkdtemp, readlink, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeFolder } from "./new-folder.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-folder-"));
});
afterEach(() => rm(dir, { recursive: true }));

const modeOf = async (folder: string) => ((await stat(path.join(dir, folder))).mode & 0o7777).toString(8);

test.each([
  [0o000, 0o755],
  [0o077, 0o755],
  [0o000, 0o700],
])("under umask %o, all folders that it makes have mode %o", async (umask, mode) => {
  const before = process.umask(umask);
  try {
    expect(await makeFolder(path.join(dir, "a/b/c"), mode)).toBe(path.join(dir, "a"));
  } finally {
    process.umask(before);
  }
  for (const each of ["a", "a/b", "a/b/c"]) expect(await modeOf(each)).toBe(mode.toString(8));
});

test("what is there stays as it is, also behind a link", async () => {
  await mkdir(path.join(dir, "a"), { mode: 0o750 });
  await symlink("a", path.join(dir, "link"));
  expect(await makeFolder(path.join(dir, "link"), 0o700)).toBeUndefined();
  expect(await makeFolder(path.join(dir, "link/b"), 0o700)).toBe(path.join(dir, "link/b"));
  expect(await modeOf("a")).toBe("750");
  expect(await readlink(path.join(dir, "link"))).toBe("a");
});

test("a file or a dead link in the way is the system's own error", async () => {
  await writeFile(path.join(dir, "file"), "");
  await symlink("nowhere", path.join(dir, "dead"));
  await expect(makeFolder(path.join(dir, "file"), 0o700)).rejects.toMatchObject({ code: "EEXIST" });
  await expect(makeFolder(path.join(dir, "file/a"), 0o700)).rejects.toMatchObject({ code: "ENOTDIR" });
  await expect(makeFolder(path.join(dir, "dead/a"), 0o700)).rejects.toMatchObject({ code: "EEXIST" });
});

test("many at once agree", async () => {
  const made = await Promise.all(
    Array.from({ length: 20 }, () => makeFolder(path.join(dir, "a/b/c"), 0o755)),
  );
  expect(await modeOf("a/b/c")).toBe("755");
  expect(made.filter((first) => first === path.join(dir, "a"))).toHaveLength(1);
});

test("a place that takes no folder ends with an error", async () => {
  const program = `
    const { makeFolder } = await import(${JSON.stringify(path.join(import.meta.dirname, "new-folder.ts"))});
    await makeFolder("/proc/nothing/store", 0o755).catch(({ code }) => console.log(code));`;
  // In a process of its own: one that spins can't end itself.
  const { stdout } = await execa(process.execPath, ["--input-type=module", "--eval", program], {
    timeout: 10_000,
    killSignal: "SIGKILL",
  });
  expect(stdout).toBe("ENOENT");
});
