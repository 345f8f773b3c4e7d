import { mkdir, readdir, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { openLedger } from "../../cni/ledger/ledger.ts";
import { processExec } from "../../cni/process-exec.ts";
import { openPluginFolder, type PluginFolder } from "../../test/plugins/scripted.ts";
import type { Attachment, Ledger } from "../ports.ts";
import type { Invocation } from "../spec/environment.ts";
import { del } from "./del.ts";

let folder: PluginFolder;
let ledger: Ledger;
const log = { warn: () => {} };
beforeEach(async () => {
  folder = await openPluginFolder();
  ledger = openLedger(folder.dir, log);
});
afterEach(() => folder[Symbol.asyncDispose]());

const attachment = (network: string, ifName: string, plugins: readonly string[]): Attachment => ({
  containerId: "c1",
  ifName,
  network,
  netns: "/run/netns/a",
  args: "",
  state: "attached",
  undo: plugins.map((plugin) => ({ plugin, stdin: `{"type":"${plugin}","name":"${network}"}` })),
});

function run(more: Partial<Invocation> = {}): Promise<void> {
  const invocation = {
    verb: "DEL",
    containerId: "c1",
    netns: "",
    ifName: "eth0",
    args: "",
    path: folder.path,
  } as const;
  const signal = new AbortController().signal;
  return del({ ...invocation, ...more }, { exec: processExec, ledger, log, signal });
}

const names = async () =>
  (await folder.takeCalls()).map(({ plugin, stdin }) => `${plugin} of ${String(stdin["name"])}`);
const kept = async () =>
  (await ledger.read("c1")).map(
    ({ network, undo }) => `${network}: ${undo.map(({ plugin }) => plugin).join(",")}`,
  );

test("of what was never attached is success, and leaves no trace", async () => {
  await run();
  await run({ containerId: "c2" });
  expect(await readdir(path.join(folder.dir, "locks"))).toEqual([]);
  expect(await readdir(folder.dir)).not.toContain("ledger");
});

test("undoes the interface, nothing else, and a second time is success", async () => {
  await folder.plugin("one", ":");
  await ledger.write("c1", [attachment("blue", "eth0", ["one"]), attachment("red", "eth1", ["two"])]);
  await run();
  await run();
  expect(await names()).toEqual(["one of blue"]);
  expect(await kept()).toEqual(["red: two"]);
  await folder.plugin("two", ":");
  await run({ ifName: "eth1" });
  expect(await readdir(path.join(folder.dir, "ledger"))).toEqual([]);
});

test("goes on past failures, answers with the first, keeps what failed and tries it again", async () => {
  await folder.plugin("one", ":");
  await folder.plugin("two", `echo '{"code":11,"msg":"busy"}'; exit 1`);
  await folder.plugin("three", "exit 1");
  await ledger.write("c1", [attachment("blue", "eth0", ["three", "two", "one"])]);
  await expect(run()).rejects.toThrow("DEL of plugin three exited with 1");
  expect(await names()).toEqual(["three of blue", "two of blue", "one of blue"]);
  expect(await kept()).toEqual(["blue: three,two"]);
  await folder.plugin("three", ":");
  await expect(run()).rejects.toMatchObject({ wire: { code: 11, msg: "busy" } });
  expect(await names()).toEqual(["three of blue", "two of blue"]);
  await folder.plugin("two", ":");
  await run();
  expect(await names()).toEqual(["two of blue"]);
  expect(await kept()).toEqual([]);
});

test("several attachments of one interface go newest first, also when they are tried again", async () => {
  await folder.plugin("one", "exit 1");
  await ledger.write("c1", [
    attachment("old", "eth0", ["one"]),
    attachment("other", "eth1", ["one"]),
    attachment("new", "eth0", ["one"]),
  ]);
  for (const _ of ["first", "second"]) {
    await expect(run()).rejects.toThrow("exited with 1");
    expect(await names()).toEqual(["one of new", "one of old"]);
    expect(await kept()).toEqual(["old: one", "other: one", "new: one"]);
  }
});

test("a plugin that is gone from the node fails DEL, but keeps no other from being undone", async () => {
  await folder.plugin("one", ":");
  await ledger.write("c1", [attachment("blue", "eth0", ["gone", "one"])]);
  await expect(run()).rejects.toMatchObject({ kind: "delegateFailed" });
  expect(await kept()).toEqual(["blue: gone"]);
});

test("what a plugin says after success doesn't matter", async () => {
  await folder.plugin("one", "echo not json");
  await ledger.write("c1", [attachment("blue", "eth0", ["one"])]);
  await run();
  expect(await kept()).toEqual([]);
});

test("a torn ledger file doesn't keep the pod from going", async () => {
  await mkdir(path.join(folder.dir, "ledger"));
  await writeFile(path.join(folder.dir, "ledger/c1"), "genie-ledger 1\nattachment 4\net");
  await run();
  expect(await readdir(path.join(folder.dir, "ledger"))).toEqual([
    expect.stringMatching(/^\.unreadable-c1-/),
  ]);
});

test("the lock is given back, also after a failure", async () => {
  await ledger.write("c1", [attachment("blue", "eth0", ["gone"])]);
  await expect(run()).rejects.toThrow("is not in CNI_PATH");
  expect(await readdir(path.join(folder.dir, "locks"))).toEqual([]);
});
