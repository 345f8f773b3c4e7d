import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { Attachment, Ledger } from "../../core/ports.ts";
import { openLedger } from "./ledger.ts";

const { signal } = new AbortController();
let stateDir: string;
let ledger: Ledger;
let warnings: unknown[];
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-ledger-")), "state");
  warnings = [];
  ledger = openLedger(stateDir, { warn: (fields) => void warnings.push(fields) });
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

const attachment: Attachment = {
  containerId: "c1",
  ifName: "eth0",
  network: "blue",
  netns: "/run/netns/a",
  args: "",
  state: "planned",
  undo: [{ plugin: "bridge", stdin: "{}" }],
};
const entries = () => readdir(path.join(stateDir, "ledger"));

test("an unknown container has nothing, and reading makes nothing", async () => {
  expect(await ledger.read("c1")).toEqual([]);
  await expect(readdir(stateDir)).rejects.toThrow("ENOENT");
});

test("what is written is read by the next process, and nobody else's is touched", async () => {
  const other = { ...attachment, containerId: "c2", network: "red" };
  await ledger.write("c1", [attachment]);
  await ledger.write("c2", [other]);
  await ledger.write("c1", [attachment, { ...attachment, ifName: "eth1" }]);
  const reopened = openLedger(stateDir, { warn: () => {} });
  expect((await reopened.read("c1")).map(({ ifName }) => ifName)).toEqual(["eth0", "eth1"]);
  expect(await reopened.read("c2")).toEqual([other]);
  expect((await entries()).toSorted()).toEqual(["c1", "c2"]);
});

test("an empty list removes the entry, also one that never was", async () => {
  await ledger.write("c1", []);
  await ledger.write("c1", [attachment]);
  await ledger.write("c1", []);
  expect(await entries()).toEqual([]);
});

test("only the owner may read it", async () => {
  await ledger.write("c1", [attachment]);
  await using _lock = await ledger.lock("c1", signal);
  const modeOf = async (...names: string[]) => (await stat(path.join(stateDir, ...names))).mode & 0o777;
  expect(await modeOf("ledger", "c1")).toBe(0o600);
  expect(await modeOf("locks", "c1")).toBe(0o600);
  for (const folder of ["", "ledger", "locks"]) expect(await modeOf(folder)).toBe(0o700);
});

test.each(["", "not a ledger", "genie-ledger 1\nattachment 4\net"])(
  "%j is set aside, told, and not lost",
  async (text) => {
    await mkdir(path.join(stateDir, "ledger"), { recursive: true });
    await writeFile(path.join(stateDir, "ledger", "c1"), text);
    expect(await ledger.read("c1")).toEqual([]);
    const [aside = ""] = await entries();
    expect(aside).toMatch(/^\.unreadable-c1-\d+$/);
    expect(await readFile(path.join(stateDir, "ledger", aside), "utf8")).toBe(text);
    expect(warnings).toMatchObject([{ aside: path.join(stateDir, "ledger", aside) }]);
    expect(await ledger.read("c1")).toEqual([]);
    expect(warnings).toHaveLength(1);
  },
);

test("a disk that says no is named", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  const no = { kind: "ioFailure", message: expect.stringContaining(`${stateDir}/`) };
  await expect(ledger.write("c1", [attachment])).rejects.toMatchObject(no);
  await expect(ledger.read("c1")).rejects.toMatchObject(no);
  await expect(ledger.lock("c1", signal)).rejects.toMatchObject(no);
});

test("one caller a container at a time, containers side by side", async () => {
  const order: string[] = [];
  const call = async (containerId: string, name: string) => {
    await using _lock = await ledger.lock(containerId, signal);
    order.push(`${name} in`);
    await ledger.read(containerId);
    order.push(`${name} out`);
  };
  {
    await using _other = await ledger.lock("c2", signal);
    await Promise.all([call("c1", "a"), call("c1", "b"), call("c1", "c")]);
  }
  for (let at = 0; at < order.length; at += 2) expect(order[at + 1]).toBe(order[at]?.replace("in", "out"));
  expect(order).toHaveLength(6);
});
