import { mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openKernel } from "./kernel.ts";

const kernel = openKernel();
const OWN = "/proc/self/ns/net";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-kernel-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("names the boot", async () => {
  const bootId = await kernel.bootId();
  expect(bootId).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
  expect(await openKernel().bootId()).toBe(bootId);
});

describe("who is at a path", () => {
  test("stays the same for as long as it is there, and is another after it was made anew", async () => {
    const file = path.join(dir, "ns");
    await writeFile(file, "");
    const identity = await kernel.identify(file);
    expect(identity).toMatch(/^\d+:\d+@\d+$/);
    expect(await kernel.identify(file)).toBe(identity);
    await rm(file);
    await writeFile(file, "");
    expect(await kernel.identify(file)).not.toBe(identity);
  });

  test("is told without a time through a link, as those in /proc are", async () => {
    const own = await kernel.identify(OWN);
    expect(own).toMatch(/^\d+:\d+$/);
    expect(await kernel.identify(OWN)).toBe(own);
    expect(await kernel.identify(`/proc/${process.pid}/ns/net`)).toBe(own);
    await symlink(OWN, path.join(dir, "link"));
    expect(await kernel.identify(path.join(dir, "link"))).toBe(own);
  });

  test("lies in a folder, which is /proc for processes", async () => {
    const folder = await kernel.locate(path.join(dir, "ns"));
    expect(folder).toMatch(/^\d+:\d+$/);
    expect(await kernel.locate(path.join(dir, "other"))).toBe(folder);
    expect(await kernel.locate(path.join(dir, "missing/ns"))).toBe("");
    expect(await kernel.locate("/proc/1/ns/net")).toBe(await kernel.locate("/proc/99999999/ns/net"));
  });

  test("is nobody where nothing is", async () => {
    await writeFile(path.join(dir, "file"), "");
    await symlink("nowhere", path.join(dir, "dangling"));
    for (const file of [path.join(dir, "gone"), path.join(dir, "file/below"), path.join(dir, "dangling")]) {
      expect(await kernel.identify(file)).toBe("");
    }
  });

  test("and a path that can't be looked at is named", async () => {
    const file = path.join(dir, "n".repeat(300));
    await expect(kernel.identify(file)).rejects.toMatchObject({
      kind: "ioFailure",
      message: `the namespace ${file} can't be read: ENAMETOOLONG`,
    });
  });
});

test("our own namespace is inhabited, a made-up one is not", async () => {
  const own = await kernel.identify(OWN);
  expect(await kernel.isInhabited(own)).toBe(true);
  expect(await kernel.isInhabited(`${own}@1`)).toBe(true);
  for (const identity of ["", "1:1", "1:1@1", `${own}0`, own.slice(0, -1)]) {
    expect(await kernel.isInhabited(identity)).toBe(false);
  }
});

test("a namespace whose mount is gone is inhabited as long as a process is in it", async () => {
  const words = ["--user", "--map-root-user", "--mount", "--net", "--propagation", "private", "--"];
  const program = [process.execPath, path.resolve("test/fakes/namespace-walk.ts"), dir];
  const { stdout } = await execa("unshare", [...words, ...program], { timeout: 20_000 });
  const { identity, ...seen } = JSON.parse(stdout);
  expect(identity).toMatch(/^\d+:\d+@\d+$/);
  expect(seen).toEqual({
    isKept: true,
    mounted: { there: true, inhabited: true },
    unmounted: { there: false, inhabited: true },
    left: { there: false, inhabited: false },
  });
});
