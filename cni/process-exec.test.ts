import { chmod, mkdir, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { PluginCall } from "../core/ports.ts";
import { unlessMissing } from "../core/missing.ts";
import { openPluginFolder, type PluginFolder } from "../test/plugins/scripted.ts";
import { processExec } from "./process-exec.ts";

let folder: PluginFolder;
beforeEach(async () => {
  folder = await openPluginFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

function run(more: Partial<PluginCall> = {}, signal = new AbortController().signal) {
  const call: PluginCall = {
    verb: "ADD",
    plugin: "one",
    containerId: "c1",
    netns: "/run/netns/a",
    ifName: "eth0",
    args: "A=b",
    path: folder.path,
    stdin: "{}",
  };
  return processExec.run({ ...call, ...more }, signal);
}

test("gives back what the plugin said, to the byte, and how it ended", async () => {
  await folder.plugin("one", 'printf "%s\\n\\n" "$stdin"; printf "oh\\n" >&2; exit 7');
  expect(await run({ stdin: '{"ü":"😀"}' })).toEqual({
    ended: "exited",
    exitCode: 7,
    stdout: '{"ü":"😀"}\n\n',
    stderr: "oh\n",
  });
});

test("the environment is of our own making", async () => {
  process.env["GENIE_TEST_SECRET"] = "token";
  process.env["LD_PRELOAD_TEST"] = "x";
  try {
    await folder.plugin("one", "env");
    const outcome = await run({ path: ["/nowhere", ...folder.path] });
    const lines = outcome.ended === "exited" ? outcome.stdout.split("\n") : [];
    const shells = /^(PWD|OLDPWD|SHLVL|_)=/;
    expect(lines.filter((line) => line !== "" && !shells.test(line)).toSorted()).toEqual([
      "CNI_ARGS=A=b",
      "CNI_COMMAND=ADD",
      "CNI_CONTAINERID=c1",
      "CNI_IFNAME=eth0",
      "CNI_NETNS=/run/netns/a",
      `CNI_PATH=/nowhere:${folder.path[0]}`,
      "GENIE_CALLED_BY_GENIE=1",
      "PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    ]);
  } finally {
    delete process.env["GENIE_TEST_SECRET"];
    delete process.env["LD_PRELOAD_TEST"];
  }
});

describe("which plugin", () => {
  test("is the first program of that name in CNI_PATH, whatever else is called so", async () => {
    const other = path.join(folder.dir, "other");
    await mkdir(path.join(other, "one"), { recursive: true });
    const third = path.join(folder.dir, "third");
    await mkdir(third);
    await writeFile(path.join(third, "one"), "#!/bin/sh\n", { mode: 0o644 });
    await folder.plugin("one", "echo found");
    expect(await run({ path: ["/nowhere", other, third, ...folder.path] })).toMatchObject({
      stdout: "found\n",
    });
  });

  test("is none that isn't there", async () => {
    expect(await run({ plugin: "gone" })).toEqual({ ended: "notFound" });
    expect(await run({ path: [] })).toEqual({ ended: "notFound" });
    expect(await run({ path: [path.join(folder.dir, "bin/one")] })).toEqual({ ended: "notFound" });
  });

  test("that can't be started is named", async () => {
    await writeFile(path.join(folder.path[0], "one"), "#!/no/such/interpreter\n");
    await chmod(path.join(folder.path[0], "one"), 0o755);
    await expect(run()).rejects.toMatchObject({
      kind: "delegateFailed",
      message: "ADD of plugin one could not be started: ENOENT",
    });
  });
});

test("a plugin that reads nothing is no failure", async () => {
  await writeFile(path.join(folder.path[0], "deaf"), "#!/bin/sh\nexec <&-\necho '{}'\n", { mode: 0o755 });
  expect(await run({ plugin: "deaf", stdin: "x".repeat(1_000_000) })).toMatchObject({
    exitCode: 0,
    stdout: "{}\n",
  });
});

test("one that never stops talking is stopped", async () => {
  await folder.plugin("one", "exec yes");
  expect(await run()).toEqual({ ended: "tooMuchOutput", limitBytes: 1024 * 1024 });
  await folder.plugin("one", "exec yes >&2");
  expect(await run()).toEqual({ ended: "tooMuchOutput", limitBytes: 1024 * 1024 });
});

test("one that dies is told by its signal", async () => {
  await folder.plugin("one", "kill -SEGV $$");
  expect(await run()).toEqual({ ended: "killed", signal: "SIGSEGV" });
});

describe("when we are to stop", () => {
  /** Runs `script`, which writes the pids to watch, and stops it once it has. */
  async function stopOnceBegun(script: string) {
    const stop = new AbortController();
    const pids = path.join(folder.dir, "pids");
    await folder.plugin("one", script.replaceAll("PIDS", pids));
    const running = run({}, stop.signal);
    const read = async () => (await unlessMissing(readFile(pids, "utf8"))) ?? "";
    await expect.poll(read, { timeout: 20_000 }).toMatch(/^(\d+ )+done\n$/);
    stop.abort();
    const outcome = await running;
    return { outcome, pids: (await read()).split(" ").slice(0, -1).map(Number) };
  }

  /** A dead one that nobody has waited for yet is a zombie. Source: proc(5). */
  async function isAlive(pid: number): Promise<boolean> {
    const stat = await unlessMissing(readFile(`/proc/${pid}/stat`, "utf8"));
    return stat !== undefined && !/\) [ZX] /.test(stat);
  }
  const countAlive = async (pids: readonly number[]) =>
    (await Promise.all(pids.map(isAlive))).filter(Boolean).length;

  test("already, nothing is run", async () => {
    await folder.plugin("one", "echo '{}'");
    expect(await run({}, AbortSignal.abort())).toEqual({ ended: "killed", signal: "SIGTERM" });
    expect(await folder.takeCalls()).toEqual([]);
  });

  test.each([
    ["the plugin", 'echo "$$ done" > PIDS; exec sleep 60', "SIGTERM"],
    ["what it has started", 'sleep 60 & echo "$$ $! done" > PIDS; wait', "SIGTERM"],
    ["what it has left behind, holding its output", 'sleep 60 & echo "$! done" > PIDS', "SIGTERM"],
    ["one that won't", 'trap "" TERM; echo "$$ done" > PIDS; while :; do sleep 1; done', "SIGKILL"],
  ])("%s ends", async (_, script, signal) => {
    const { outcome, pids } = await stopOnceBegun(script);
    expect(outcome).toEqual({ ended: "killed", signal });
    await expect.poll(() => countAlive(pids), { timeout: 20_000 }).toBe(0);
  });

  test("one that left the group, holding the output, keeps us no longer", async () => {
    const { outcome, pids } = await stopOnceBegun('setsid sleep 60 & echo "$! done" > PIDS');
    const alive = await countAlive(pids);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect([outcome, alive]).toEqual([{ ended: "killed", signal: "SIGTERM" }, 1]);
  });
});
