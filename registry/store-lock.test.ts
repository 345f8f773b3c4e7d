import { once } from "node:events";
import { mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./store-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-lock-"));
});
afterEach(() => rm(folder, { recursive: true }));

test("one at a time", async () => {
  let inside = 0;
  let most = 0;
  const work = async () => {
    await using _lock = await takeLock(folder);
    inside++;
    most = Math.max(most, inside);
    await readdir(folder);
    inside--;
  };
  await Promise.all(Array.from({ length: 50 }, work));
  expect(most).toBe(1);
  expect(await readdir(folder)).toHaveLength(1);
});

test("a holder that is killed holds nothing", async () => {
  const code = `const { takeLock } = await import(${JSON.stringify(path.resolve("registry/store-lock.ts"))});
    await takeLock(${JSON.stringify(folder)}); console.log("held"); setInterval(() => {}, 1e6);`;
  const holder = execa(process.execPath, ["--input-type=module", "-e", code], {
    reject: false,
    timeout: 20_000,
  });
  await once(holder.stdout, "data");
  const waiting = takeLock(folder);
  await expect(
    Promise.race([waiting.then(() => "taken"), readdir(folder).then(() => "waiting")]),
  ).resolves.toBe("waiting");
  holder.kill("SIGKILL");
  await holder;
  await (await waiting)[Symbol.asyncDispose]();
});

test("takes over from what isn't a socket at all", async () => {
  await writeFile(path.join(folder, "7"), "");
  await using _lock = await takeLock(folder);
  expect(await readdir(folder)).toContain("8");
});

test("works in a folder whose path is longer than a socket's may be", async () => {
  const deep = path.join(folder, "d".repeat(120));
  await mkdir(deep);
  await using _lock = await takeLock(deep);
  expect(await readdir(deep)).toContain("1");
});
