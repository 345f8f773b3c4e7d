/** What is left of a plugin when genie itself is killed. */
import { readFile, symlink, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { takeLock } from "../registry/file/file-lock.ts";
import { countAlive } from "../test/plugins/alive.ts";
import { openNotedPids } from "../test/plugins/noted-pids.ts";
import { toPluginCall } from "../test/plugins/plugin-call.ts";
import { openPluginFolder, type PluginFolder } from "../test/plugins/scripted.ts";

let folder: PluginFolder;
beforeEach(async () => {
  folder = await openPluginFolder();
});
afterEach(() => folder[Symbol.asyncDispose]());

/** A process that runs the plugin `one`, under this lock if there is one. */
async function startCaller(lock?: string) {
  const program = path.join(folder.dir, "caller.mts");
  const beside = (name: string) => JSON.stringify(path.join(import.meta.dirname, name));
  const locking = `
    await using taken = await takeLock(${JSON.stringify(lock)}, { waitMs: 5000 });
    await using held = holding(taken.fd);`;
  const text = `
    import { openExec } from ${beside("process-exec.ts")};
    import { takeLock } from ${beside("../registry/file/file-lock.ts")};
    const { exec, holding } = openExec();
    ${lock === undefined ? "" : locking}
    await exec.run(${JSON.stringify(toPluginCall(folder))}, new AbortController().signal);
  `;
  await writeFile(program, text);
  return { caller: execa(process.execPath, [program], { detached: true, reject: false, timeout: 20_000 }) };
}

test.each([
  ["genie alone", 1],
  ["genie's whole process group", -1],
])("when somebody kills %s, the next call finds the lock free and no plugin running", async (_, sign) => {
  const pids = openNotedPids(folder);
  const lock = path.join(folder.dir, "lock");
  const ignoring = `trap '' TERM; sh -c 'trap "" TERM; sleep 60' & sleep 60 & echo "$$ $! done" > PIDS; wait`;
  await folder.plugin("one", pids.fill(ignoring));
  const { caller } = await startCaller(lock);
  const plugins = await pids.wait();
  expect(await takeLock(lock, { waitMs: 0 })).toBeUndefined();
  expect(await countAlive(plugins)).toBe(2);
  process.kill(sign * (caller.pid ?? 0), "SIGKILL");
  await using taken = await takeLock(lock, { waitMs: 20_000 });
  expect([taken === undefined, await countAlive(plugins)]).toEqual([false, 0]);
  expect((await caller).signal).toBe("SIGKILL");
});

test("a plugin that is at work when somebody kills genie comes to its end before the next call", async () => {
  const pids = openNotedPids(folder);
  const lock = path.join(folder.dir, "lock");
  const book = path.join(folder.dir, "address");
  await folder.plugin(
    "one",
    pids.fill(`: > ${book}; echo "$$ done" > PIDS; sleep 0.5; echo owner > ${book}; echo '{}'`),
  );
  const { caller } = await startCaller(lock);
  await pids.wait();
  process.kill(caller.pid ?? 0, "SIGKILL");
  await using taken = await takeLock(lock, { waitMs: 20_000 });
  expect([taken === undefined, await readFile(book, "utf8")]).toEqual([false, "owner\n"]);
  await caller;
});

test("a caller that ends by itself gives the lock back, and waits for no warden", async () => {
  const lock = path.join(folder.dir, "lock");
  await folder.plugin("one", "echo '{}'");
  const { caller } = await startCaller(lock);
  expect(await caller).toMatchObject({ exitCode: 0, stderr: "" });
  await using taken = await takeLock(lock, { waitMs: 0 });
  expect(taken).toBeDefined();
});

test("a caller without a lock ends by itself, too", async () => {
  await folder.plugin("one", "echo '{}'");
  const { caller } = await startCaller();
  expect(await caller).toMatchObject({ exitCode: 0, stderr: "" });
});

test("a caller ends before what its plugin has left in a session of its own, holding the output", async () => {
  const pids = openNotedPids(folder);
  await folder.plugin("one", pids.fill('setsid sleep 60 & echo "$! done" > PIDS; sleep 0.2'));
  const { caller } = await startCaller();
  const { exitCode } = await caller;
  const left = await pids.wait();
  const alive = await countAlive(left);
  for (const pid of left) process.kill(pid, "SIGKILL");
  expect([exitCode, alive]).toEqual([0, 1]);
});

test("a plugin that is this very program isn't run, whatever it is called", async () => {
  const program = path.join(folder.path[0], "one");
  const text = `#!${process.execPath}
    import { openExec } from ${JSON.stringify(path.join(import.meta.dirname, "process-exec.ts"))};
    const call = ${JSON.stringify(toPluginCall(folder))};
    console.log(await openExec().exec.run(call, new AbortController().signal).catch((e) => e.kind + ": " + e.message));
  `;
  const real = path.join(folder.dir, "genie.mts");
  await writeFile(real, text, { mode: 0o755 });
  await symlink(real, program);
  const { stdout } = await execa(process.execPath, [real], { timeout: 20_000 });
  expect(stdout).toBe(
    `invalidConfig: genie was called by genie: a network's plugin is one, and ${program} is genie itself`,
  );
});
