import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openLocks } from "./locks.ts";

const { signal } = new AbortController();
let folder: string;
let warnings: string[];
let held: { file: string; end: "held" | "given back" }[];
beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(tmpdir(), "genie-locks-")), "state/locks");
  warnings = [];
  held = [];
});
afterEach(() => rm(path.dirname(path.dirname(folder)), { recursive: true }));

/** Notes which descriptors it gets, and whether the lock's file is there when they are given back. */
function open() {
  const log = { warn: (_: object, message: string) => void warnings.push(message) };
  const holding = (lockFd: number) => {
    const note: (typeof held)[number] = { file: `/proc/self/fd/${lockFd}`, end: "held" };
    held.push(note);
    return {
      [Symbol.asyncDispose]: async () => {
        expect((await stat(note.file)).ino).toBe((await stat(path.join(folder, "c1"))).ino);
        note.end = "given back";
      },
    };
  };
  return openLocks(folder, { log, holding });
}

test("a lock is held for one caller a container, containers side by side", async () => {
  const order: string[] = [];
  const locks = open();
  const call = async (name: string) => {
    await using _lock = await locks.lock("c1", signal);
    order.push(`${name} in`);
    await readdir(folder);
    order.push(`${name} out`);
  };
  await Promise.all([call("a"), call("b"), call("c")]);
  expect(order).toHaveLength(6);
  for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]?.replace("in", "out"));
  expect(await readdir(folder)).toEqual([]);
});

test("what is to outlive us gets the descriptor, and gives it back while we still hold it", async () => {
  {
    await using _lock = await open().lock("c1", signal);
    expect(held).toEqual([{ file: expect.any(String), end: "held" }]);
  }
  expect(held.map(({ end }) => end)).toEqual(["given back"]);
});

test("a taken lock is not waited for by who only tries, and is by who needs it, until told to stop", async () => {
  const stop = new AbortController();
  const locks = open();
  {
    await using _lock = await locks.lock("c1", signal);
    expect(await locks.tryLock("c1")).toBeUndefined();
    const waiting = locks.lock("c1", stop.signal);
    stop.abort();
    await expect(waiting).rejects.toMatchObject({
      kind: "tryAgainLater",
      message: "another call for container c1 is still running",
    });
    expect(held).toHaveLength(1);
  }
  await using lock = await locks.tryLock("c1");
  expect(lock).toBeDefined();
  expect(held).toHaveLength(2);
});

test("a folder that isn't safe is refused, and one that can't be is named", async () => {
  await mkdir(path.dirname(folder), { recursive: true });
  await mkdir(folder);
  await execa("chmod", ["777", folder]);
  await expect(open().lock("c1", signal)).rejects.toMatchObject({
    kind: "ioFailure",
    message: expect.stringContaining(`${folder} is not safe`),
  });
  await rm(folder, { recursive: true });
  await writeFile(folder, "");
  await expect(open().lock("c1", signal)).rejects.toMatchObject({
    kind: "ioFailure",
    message: expect.stringContaining(`the locks in ${folder} can't be used: `),
  });
  expect(warnings).toEqual([]);
});

describe("on a disk that", () => {
  /** On a file system of its own, which is gone with the process. */
  const walk = async (how: "ro" | "full"): Promise<unknown> => {
    await mkdir(folder, { recursive: true });
    const mount = 'mount -t tmpfs -o mode=0700,nr_inodes=40 none "$1" && exec "$2" "$3" "$1" "$4"';
    const script = path.resolve("test/fakes/ledger-walk.ts");
    const inside = ["sh", "-c", mount, "sh", folder, process.execPath, script, how];
    const words = ["--user", "--map-root-user", "--mount", "--propagation", "private", ...inside];
    const { stdout } = await execa("unshare", words, { timeout: 20_000 });
    return JSON.parse(stdout);
  };
  const going = {
    lock: "done",
    warnings: ["going on without a lock: nobody can take one, or write an entry"],
    read: 1,
    listed: ["c1"],
  };

  test("is read-only, what needs a lock goes on without it, what only tries does not", async () => {
    expect(await walk("ro")).toEqual({
      ...going,
      tryLock: "ioFailure EROFS",
      write: "ioFailure EROFS",
      remove: "ioFailure EROFS",
    });
  });

  test("is full, the same, but entries can be removed", async () => {
    expect(await walk("full")).toEqual({
      ...going,
      tryLock: "ioFailure ENOSPC",
      write: "ioFailure ENOSPC",
      remove: "done",
    });
  });
});
