import { link, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { unlessCode } from "../core/missing.ts";
import { takeLock } from "../registry/file/file-lock.ts";
import { countAlive } from "../test/plugins/alive.ts";
import { signalGroup } from "./exec/group.ts";
import { openWarden } from "./warden.ts";

const WAIT = { timeout: 20_000 };

let undo: AsyncDisposableStack;
beforeEach(() => {
  undo = new AsyncDisposableStack();
});
afterEach(() => undo.disposeAsync());

/** A process group of two; the number is its leader's. */
async function startGroup(): Promise<{ group: number; pids: readonly number[] }> {
  const leader = execa("sh", ["-c", "sleep 60 & echo $!; wait"], { detached: true, reject: false });
  const [line] = await new Promise<Buffer[]>((resolve) => leader.stdout.once("data", (...a) => resolve(a)));
  const group = leader.pid ?? 0;
  undo.defer(async () => {
    signalGroup(group, "SIGKILL");
    await leader;
  });
  return { group, pids: [group, Number(String(line))] };
}

/** Our children that watch. */
async function findWatchers(): Promise<readonly number[]> {
  const pids = (await readdir("/proc")).filter((name) => /^\d+$/.test(name));
  const read = (pid: string, file: string) =>
    unlessCode(readFile(`/proc/${pid}/${file}`, "utf8"), ["ENOENT", "ESRCH"]);
  const found = await Promise.all(
    pids.map(async (pid) => {
      const isOurs = (await read(pid, "status"))?.includes(`\nPPid:\t${process.pid}\n`) === true;
      return isOurs && (await read(pid, "cmdline"))?.includes("is_left") === true;
    }),
  );
  return pids.filter((_, index) => found[index]).map(Number);
}

test("ends the groups that are named when we are gone, whole, and then itself", async () => {
  const [one, two] = [await startGroup(), await startGroup()];
  const warden = openWarden({ graceMs: 0 });
  await warden.start();
  await warden.guard(one.group);
  await warden.guard(two.group);
  expect(await findWatchers()).toHaveLength(1);
  expect(await countAlive([...one.pids, ...two.pids])).toBe(4);
  warden[Symbol.dispose]();
  await expect.poll(() => countAlive([...one.pids, ...two.pids]), WAIT).toBe(0);
  await expect.poll(findWatchers, WAIT).toEqual([]);
});

test("leaves alone what was given back", async () => {
  const [ended, running] = [await startGroup(), await startGroup()];
  const warden = openWarden({ graceMs: 0 });
  await warden.start();
  const guard = await warden.guard(ended.group);
  await warden.guard(running.group);
  await guard[Symbol.asyncDispose]();
  warden[Symbol.dispose]();
  await expect.poll(findWatchers, WAIT).toEqual([]);
  expect(await countAlive(ended.pids)).toBe(2);
  expect(await countAlive(running.pids)).toBe(0);
});

test("that somebody has killed is replaced, and the new one knows all groups", async () => {
  const [one, two] = [await startGroup(), await startGroup()];
  using warden = openWarden({ graceMs: 0 });
  await warden.start();
  const guard = await warden.guard(one.group);
  const [pid = 0] = await findWatchers();
  process.kill(pid, "SIGKILL");
  await expect.poll(findWatchers, WAIT).toEqual([]);
  await warden.guard(two.group);
  expect(await findWatchers()).toHaveLength(1);
  warden[Symbol.dispose]();
  await expect.poll(() => countAlive([...one.pids, ...two.pids]), WAIT).toBe(0);
  await guard[Symbol.asyncDispose]();
  await expect.poll(findWatchers, WAIT).toEqual([]);
});

test("keeps the lock as long as it runs, even when we have let go of it", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-warden-"));
  undo.defer(() => rm(dir, { recursive: true }));
  const [lock, sameFile] = [path.join(dir, "lock"), path.join(dir, "same")];
  const taken = await takeLock(lock, { waitMs: 0 });
  await link(lock, sameFile); // who gives a lock back removes its name
  const warden = openWarden({ ...(taken && { lockFd: taken.fd }) });
  await warden.start();
  await taken?.[Symbol.asyncDispose]();
  expect(await takeLock(sameFile, { waitMs: 0 })).toBeUndefined();
  warden[Symbol.dispose]();
  await using again = await takeLock(sameFile, { waitMs: 20_000 });
  expect(again).toBeDefined();
});

test("that was never needed is no process", async () => {
  openWarden()[Symbol.dispose]();
  expect(await findWatchers()).toEqual([]);
});

test("that can't be started says so", async () => {
  const closed = 1_000_000;
  await expect(openWarden({ lockFd: closed }).start()).rejects.toMatchObject({
    kind: "ioFailure",
    message: expect.stringMatching(/^\/bin\/sh, which watches over plugins, could not be started: E[A-Z]+$/),
  });
});

test.each([0, 1, -5, 1.5, NaN])("%s is no group to kill", async (group) => {
  using warden = openWarden();
  await warden.start();
  await expect(warden.guard(group)).rejects.toThrow("is no process group");
});
