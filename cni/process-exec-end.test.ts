/** How plugins end that don't end by themselves, and what they leave behind. */
import path from "node:path";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { countAlive } from "../test/plugins/alive.ts";
import { openNotedPids } from "../test/plugins/noted-pids.ts";
import { toPluginCall } from "../test/plugins/plugin-call.ts";
import { openPluginFolder, type PluginFolder } from "../test/plugins/scripted.ts";
import { openExec } from "./process-exec.ts";

let folder: PluginFolder;
beforeEach(async () => {
  folder = await openPluginFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

interface RunOptions {
  readonly signal?: AbortSignal;
  readonly deadlineMs?: number;
}

function run({ signal = new AbortController().signal, ...options }: RunOptions = {}) {
  return openExec({ ...options, pass: () => undefined }).exec.run(toPluginCall(folder), signal);
}

/** Runs `script`, which writes the pids to watch to PIDS. */
async function runNoting(script: string, options: RunOptions = {}) {
  const pids = openNotedPids(folder);
  await folder.plugin("one", pids.fill(script));
  const outcome = await run(options);
  const noted = await pids.wait();
  return { outcome, pids: noted, alive: await countAlive(noted) };
}

describe("when we are to stop", () => {
  test("already, nothing is run", async () => {
    const unfit = "#!/no/such/interpreter\n"; // starting it would be an error
    await writeFile(path.join(folder.path[0], "one"), unfit, { mode: 0o755 });
    expect(await run({ signal: AbortSignal.abort() })).toEqual({ ended: "killed", signal: "SIGTERM" });
  });

  /** Stops the plugin once it has told of its processes. */
  async function stopOnceBegun(script: string) {
    const stop = new AbortController();
    const running = runNoting(script, { signal: stop.signal });
    await openNotedPids(folder).wait();
    stop.abort();
    return await running;
  }

  test.each([
    ["the plugin", 'echo "$$ done" > PIDS; exec sleep 60', "SIGTERM"],
    ["what it has started", 'sleep 60 & echo "$$ $! done" > PIDS; wait', "SIGTERM"],
    ["one that won't", `trap "" TERM; echo "$$ done" > PIDS; while :; do sleep 1; done`, "SIGKILL"],
    [
      "what it has started and that won't",
      `sh -c 'trap "" TERM; sleep 60; sleep 60' & sleep 0.2; echo "$$ $! done" > PIDS; wait`,
      "SIGTERM",
    ],
  ])("%s ends", async (_, script, signal) => {
    const { outcome, alive } = await stopOnceBegun(script);
    expect([outcome, alive]).toEqual([{ ended: "killed", signal }, 0]);
  });

  test("one that left the group, holding the output, keeps us no longer", async () => {
    const script = 'setsid sleep 60 & echo "$! done" > PIDS; exec sleep 60';
    const { outcome, pids, alive } = await stopOnceBegun(script);
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect([outcome, alive]).toEqual([{ ended: "killed", signal: "SIGTERM" }, 1]);
  });
});

test.each([
  ["one that sleeps", 'echo "$$ done" > PIDS; exec sleep 60'],
  ["one that ignores SIGTERM", `trap "" TERM; echo "$$ done" > PIDS; while :; do sleep 1; done`],
  ["one that never stops complaining", 'echo "$$ done" > PIDS; exec yes >&2'],
])("the deadline ends %s", async (_, script) => {
  const { outcome, alive } = await runNoting(script, { deadlineMs: 500 });
  expect([outcome, alive]).toEqual([{ ended: "late", deadlineMs: 500 }, 0]);
});

describe("one that never stops talking is stopped", () => {
  test("with all that it has started", async () => {
    const { outcome, alive } = await runNoting('sleep 60 & echo "$$ $! done" > PIDS; exec yes');
    expect([outcome, alive]).toEqual([{ ended: "tooMuchOutput", limitBytes: 1024 * 1024 }, 0]);
  });

  test("when its child goes on where it ended", async () => {
    const { outcome, alive } = await runNoting('yes & echo "$! done" > PIDS');
    expect([outcome, alive]).toEqual([{ ended: "tooMuchOutput", limitBytes: 1024 * 1024 }, 0]);
  });

  test("and one that says as much as it may isn't", async () => {
    await folder.plugin("one", "head -c 1048576 /dev/zero");
    expect(await run()).toMatchObject({ ended: "exited", stdout: "\0".repeat(1_048_576) });
  });
});

describe("what an ended plugin leaves behind", () => {
  test.each([
    ["holding its output", "sleep 60 &"],
    ["holding its stderr alone", "sleep 60 > /dev/null &"],
    ["holding nothing", "sleep 60 < /dev/null > /dev/null 2>&1 &"],
  ])("%s, ends with it, and the answer counts", async (_, left) => {
    const { outcome, alive } = await runNoting(`${left} echo "$! done" > PIDS; echo '{}'`);
    expect([outcome, alive]).toEqual([{ ended: "exited", exitCode: 0, stdout: "{}\n", stderr: "" }, 0]);
  });

  test("may still say the last of it", async () => {
    await folder.plugin("one", "printf '{'; (sleep 0.2; echo '}') &");
    expect(await run()).toMatchObject({ ended: "exited", stdout: "{}\n" });
  });

  test("in a session of its own, stays", async () => {
    const { outcome, pids, alive } = await runNoting('setsid sleep 60 & echo "$! done" > PIDS; sleep 0.2');
    for (const pid of pids) process.kill(pid, "SIGKILL");
    expect([outcome, alive]).toEqual([{ ended: "exited", exitCode: 0, stdout: "", stderr: "" }, 1]);
  });
});

test("a plugin that reads nothing is no failure", async () => {
  const deaf = "#!/bin/sh\nexec <&-\necho '{}'\n";
  await writeFile(path.join(folder.path[0], "one"), deaf, { mode: 0o755 });
  const call = toPluginCall(folder, { stdin: "x".repeat(1_000_000) });
  const outcome = await openExec().exec.run(call, new AbortController().signal);
  expect(outcome).toMatchObject({ exitCode: 0, stdout: "{}\n" });
});
