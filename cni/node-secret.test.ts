import { mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { deriveSeed } from "./node-secret.ts";

let stateDir: string;
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-secret-")), "state");
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

test("is stable for one pod, different for another, and a u64", async () => {
  const [first, again, other] = [
    await deriveSeed(stateDir, "u1"),
    await deriveSeed(stateDir, "u1"),
    await deriveSeed(stateDir, "u2"),
  ];
  expect(again).toBe(first);
  expect(other).not.toBe(first);
  for (const seed of [first, other]) expect(seed >= 0n && seed < 2n ** 64n).toBe(true);
});

test("is another on another node, so that nobody can foresee it", async () => {
  expect(await deriveSeed(stateDir, "u1")).not.toBe(await deriveSeed(`${stateDir}-2`, "u1"));
});

test("the secret is the owner's, and long enough", async () => {
  await deriveSeed(stateDir, "u1");
  expect(await readdir(stateDir)).toEqual(["seed.secret"]);
  const file = path.join(stateDir, "seed.secret");
  expect((await stat(file)).mode & 0o777).toBe(0o600);
  expect(await readFile(file)).toHaveLength(32);
});

test("all who come first at the same time agree", async () => {
  const seeds = await Promise.all(Array.from({ length: 20 }, () => deriveSeed(stateDir, "u1")));
  expect(new Set([...seeds, await deriveSeed(stateDir, "u1")]).size).toBe(1);
  expect(await readdir(stateDir)).toEqual(["seed.secret"]);
});

test.each([
  ["empty", ""],
  ["cut", "abc"],
  ["too long", "x".repeat(33)],
])("a secret that is %s is refused", async (_, text) => {
  await deriveSeed(stateDir, "u1");
  await writeFile(path.join(stateDir, "seed.secret"), text);
  await expect(deriveSeed(stateDir, "u1")).rejects.toMatchObject({
    kind: "ioFailure",
    message: expect.stringContaining("seed.secret"),
  });
});

test("a disk that says no is named", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  await expect(deriveSeed(stateDir, "u1")).rejects.toMatchObject({ kind: "ioFailure" });
});
