import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "./file-lock.ts";

const WAIT_MS = 20_000;

let dir: string;
let lock: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-lock-"));
  lock = path.join(dir, "locks-c1");
});
afterEach(() => rm(dir, { recursive: true }));

/** Writes a program that has `takeLock`, `fs`, `lock` and `dir`. */
async function writeProgram(name: string, body: string): Promise<string> {
  const head = [
    `import { takeLock } from ${JSON.stringify(path.join(import.meta.dirname, "file-lock.ts"))};`,
    'import * as fs from "node:fs";',
    `const [lock, dir] = ${JSON.stringify([lock, dir])};`,
  ];
  const file = path.join(dir, `${name}.mts`);
  await writeFile(file, [...head, body].join("\n"));
  return file;
}

/** A process that has taken the lock and keeps it until it is killed. */
async function startHolder() {
  const program = await writeProgram(
    "holder",
    'await takeLock(lock, { waitMs: 5000 }); console.log("held"); setInterval(() => {}, 1000);',
  );
  const holder = execa(process.execPath, [program], { reject: false, timeout: 30_000 });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  const kill = async (): Promise<void> => {
    holder.kill("SIGKILL");
    await holder;
  };
  return { kill, [Symbol.asyncDispose]: kill };
}

test("is free again, and its file gone, once it is given back", async () => {
  for (const _ of ["first", "second"]) {
    await using _lock = await takeLock(lock, { waitMs: WAIT_MS });
    expect(await readdir(dir)).toEqual(["locks-c1"]);
  }
  expect(await readdir(dir)).toEqual([]);
});

test("a pipe in its place is an error, and not waited for", async () => {
  await execa("mkfifo", [lock]);
  await expect(takeLock(lock, { waitMs: WAIT_MS })).rejects.toMatchObject({ code: "ENXIO" });
});

test("a living owner is respected, in this process and in another", async () => {
  {
    await using _mine = await takeLock(lock, { waitMs: WAIT_MS });
    expect(await takeLock(lock, { waitMs: 50 })).toBeUndefined();
    expect(await takeLock(lock, { waitMs: 0 })).toBeUndefined();
  }
  await using _holder = await startHolder();
  expect(await takeLock(lock, { waitMs: 50 })).toBeUndefined();
});

test("who waits is let go by a signal", async () => {
  await using _mine = await takeLock(lock, { waitMs: WAIT_MS });
  const controller = new AbortController();
  const waiting = takeLock(lock, { waitMs: WAIT_MS, signal: controller.signal });
  controller.abort();
  expect(await waiting).toBeUndefined();
  expect(await takeLock(lock, { waitMs: WAIT_MS, signal: controller.signal })).toBeUndefined();
});

test("one that is free is taken without any wait", async () => {
  await using taken = await takeLock(lock, { waitMs: 0 });
  expect(taken).toBeDefined();
});

test("a dead owner's is taken over", async () => {
  await using holder = await startHolder();
  await holder.kill();
  expect(await readdir(dir)).toContain("locks-c1");
  await using taken = await takeLock(lock, { waitMs: WAIT_MS });
  expect(taken).toBeDefined();
});

test("who waits is let in when the owner dies", async () => {
  await using holder = await startHolder();
  const waiting = takeLock(lock, { waitMs: WAIT_MS });
  await holder.kill();
  await using taken = await waiting;
  expect(taken).toBeDefined();
});

test("a file that was left there, or isn't ours, is no lock", async () => {
  await writeFile(lock, "1 123456789");
  await using taken = await takeLock(lock, { waitMs: WAIT_MS });
  expect(taken).toBeDefined();
});

test("20 takers in four processes, after a crash, are never inside together", async () => {
  await using holder = await startHolder();
  const program = await writeProgram(
    "taker",
    `const taker = async () => {
       for (let turn = 0; turn < 3; turn++) {
         await using taken = await takeLock(lock, { waitMs: 60_000 });
         if (taken === undefined) throw new Error("busy");
         fs.writeFileSync(dir + "/inside", "", { flag: "wx" });
         const count = Number(fs.readFileSync(dir + "/count", "utf8"));
         await new Promise(setImmediate);
         fs.writeFileSync(dir + "/count", String(count + 1));
         fs.rmSync(dir + "/inside");
       }
     };
     await Promise.all(Array.from({ length: 5 }, taker));`,
  );
  await writeFile(path.join(dir, "count"), "0");
  const takers = Array.from({ length: 4 }, () =>
    execa(process.execPath, [program], { reject: false, timeout: 60_000 }),
  );
  await holder.kill();
  for (const { exitCode, stderr } of await Promise.all(takers)) expect([exitCode, stderr]).toEqual([0, ""]);
  expect(await readFile(path.join(dir, "count"), "utf8")).toBe("60");
  expect(await readdir(dir)).not.toContain("locks-c1");
}, 90_000);

test("a link in its place makes no file elsewhere", async () => {
  const elsewhere = path.join(dir, "elsewhere");
  await symlink(elsewhere, lock);
  await expect(takeLock(lock, { waitMs: WAIT_MS })).rejects.toMatchObject({ code: "ELOOP" });
  expect(await readdir(dir)).toEqual(["locks-c1"]);
});
