import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Ledger } from "../../core/ports.ts";
import { makeAttachment } from "../../test/fakes/attachment.ts";
import { openLedger } from "./ledger.ts";

const { signal } = new AbortController();
let stateDir: string;
let ledger: Ledger;
let warnings: unknown[];
const reopen = () =>
  openLedger(stateDir, {
    log: { warn: (fields) => void warnings.push(fields) },
    holding: () => new AsyncDisposableStack(),
  });
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-ledger-")), "state");
  warnings = [];
  ledger = reopen();
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

const attachment = makeAttachment();
const file = (name: string) => path.join(stateDir, "ledger", name);
const names = async () => (await readdir(path.join(stateDir, "ledger"))).toSorted();
const NOTHING = { attachments: [], hints: undefined };

test("an unknown container has nothing, and reading makes nothing", async () => {
  expect(await ledger.read("c1")).toEqual(NOTHING);
  expect(await ledger.list()).toEqual([]);
  await expect(readdir(stateDir)).rejects.toThrow("ENOENT");
});

test("what is written is read by the next process, and nobody else's is touched", async () => {
  const other = makeAttachment({ containerId: "c2", network: "red" });
  await ledger.write("c1", [attachment]);
  await ledger.write("c2", [other]);
  await ledger.write("c1", [attachment, { ...attachment, ifName: "eth1" }]);
  const reopened = reopen();
  expect((await reopened.read("c1")).attachments.map(({ ifName }) => ifName)).toEqual(["eth0", "eth1"]);
  expect(await reopened.read("c2")).toEqual({ attachments: [other], hints: undefined });
  expect(await names()).toEqual(["c1", "c2"]);
});

test("an empty list removes the entry, also one that never was", async () => {
  await ledger.write("c1", []);
  await ledger.write("c1", [attachment]);
  await ledger.write("c1", []);
  expect(await names()).toEqual([]);
});

test("only the owner may read it", async () => {
  await ledger.write("c1", [attachment]);
  await using _lock = await ledger.lock("c1", signal);
  const modeOf = async (...path_: string[]) => (await stat(path.join(stateDir, ...path_))).mode & 0o777;
  expect(await modeOf("ledger", "c1")).toBe(0o600);
  expect(await modeOf("locks", "c1")).toBe(0o600);
  for (const folder of ["", "ledger", "locks"]) expect(await modeOf(folder)).toBe(0o700);
});

describe("what a crash left half written", () => {
  beforeEach(async () => {
    await ledger.write("c1", [attachment]);
    await writeFile(file(".c1.tmp"), "half");
    await writeFile(file(".c2.tmp"), "another container's");
  });

  test("is no entry", async () => {
    expect(await ledger.list()).toEqual(["c1"]);
    expect((await ledger.read("c1")).attachments).toEqual([attachment]);
  });

  test("goes with the next lock", async () => {
    await using _lock = await ledger.lock("c1", signal);
    expect(await names()).toEqual([".c2.tmp", "c1"]);
  });

  test("is replaced by the next entry", async () => {
    await ledger.write("c1", [attachment, attachment]);
    expect(await names()).toEqual([".c2.tmp", "c1"]);
    expect((await ledger.read("c1")).attachments).toHaveLength(2);
  });

  test("goes when the entry goes", async () => {
    await ledger.write("c1", []);
    expect(await names()).toEqual([".c2.tmp"]);
  });
});

describe("an entry that can't be read", () => {
  const makers: readonly [string, () => Promise<unknown>][] = [
    ["an empty file", () => writeFile(file("c1"), "")],
    ["a foreign file", () => writeFile(file("c1"), "not a ledger")],
    ["a torn file", () => writeFile(file("c1"), "genie-ledger 1\nattachment 4\net")],
    ["a huge file", () => writeFile(file("c1"), new Uint8Array(16 * 1024 * 1024 + 1))],
    ["a folder", () => mkdir(file("c1"))],
  ];
  beforeEach(() => mkdir(path.join(stateDir, "ledger"), { recursive: true, mode: 0o700 }));

  test.each(makers)("is told of as such, and nothing is changed by reading: %s", async (_, make) => {
    await make();
    expect(await ledger.read("c1")).toEqual({ attachments: [], hints: [] });
    expect(await ledger.list()).toEqual(["c1"]);
    expect(await names()).toEqual(["c1"]);
    expect(warnings).toEqual([]);
  });

  test.each(makers)("is set aside under a name that tells, and not lost: %s", async (_, make) => {
    await make();
    const { ino, size } = await stat(file("c1"));
    await ledger.setAside("c1");
    const [aside = ""] = await names();
    expect(aside).toMatch(/^\.unreadable-c1-\d+$/);
    expect(await stat(file(aside))).toMatchObject({ ino, size });
    expect(warnings).toEqual([{ file: file("c1"), aside: file(aside) }]);
    expect(await ledger.read("c1")).toEqual(NOTHING);
    expect(await ledger.list()).toEqual([]);
  });

  test("tells which networks it seems to hold", async () => {
    await ledger.write("c1", [attachment]);
    await writeFile(file("c1"), (await readFile(file("c1"))).subarray(0, -1));
    expect(await ledger.read("c1")).toEqual({
      attachments: [],
      hints: [{ network: "blue", ifName: "eth0" }],
    });
  });
});

test("a disk that says no is named", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  const no = { kind: "ioFailure", message: expect.stringContaining(stateDir) };
  await expect(ledger.write("c1", [attachment])).rejects.toMatchObject(no);
  await expect(ledger.write("c1", [])).rejects.toMatchObject(no);
  await expect(ledger.read("c1")).rejects.toMatchObject(no);
  await expect(ledger.list()).rejects.toMatchObject(no);
  await expect(ledger.setAside("c1")).rejects.toMatchObject(no);
  await expect(ledger.lock("c1", signal)).rejects.toMatchObject(no);
  await expect(ledger.tryLock("c1")).rejects.toMatchObject(no);
  await expect(ledger.probe()).rejects.toMatchObject(no);
});

test("a folder that others may write to is neither read nor written", async () => {
  await ledger.write("c1", [attachment]);
  await chmod(path.join(stateDir, "ledger"), 0o777);
  const no = { kind: "ioFailure", message: expect.stringContaining("is not safe") };
  await expect(ledger.write("c1", [attachment])).rejects.toMatchObject(no);
  await expect(ledger.read("c1")).rejects.toMatchObject(no);
  await expect(ledger.list()).rejects.toMatchObject(no);
});

describe("a probe", () => {
  test("passes where an entry could be written, making the folder, and leaves nothing in it", async () => {
    await ledger.probe();
    await ledger.probe();
    expect(await readdir(stateDir)).toEqual([]);
    expect((await stat(stateDir)).mode & 0o777).toBe(0o700);
  });

  test("fails where others may write", async () => {
    await mkdir(stateDir);
    await chmod(stateDir, 0o777);
    await expect(ledger.probe()).rejects.toMatchObject({ kind: "ioFailure" });
  });
});

test("an entry that could not be read again is not written", async () => {
  const huge = makeAttachment({ steps: [{ plugin: "one", stdin: "x".repeat(17 * 1024 * 1024) }] });
  await expect(ledger.write("c1", [huge])).rejects.toMatchObject({ kind: "ioFailure" });
  expect(await ledger.list()).toEqual([]);
});
