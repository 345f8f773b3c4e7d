import { mkdtemp, readdir, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";

let temporary: string;
beforeEach(async () => (temporary = await mkdtemp(path.join(tmpdir(), "isolation-"))));
afterEach(() => rm(temporary, { recursive: true }));

/** Starts a program that runs `script` isolated. Its output ends when the last process that holds it is gone. */
function isolate(script: string) {
  const program = `
    import { runIsolated } from "${import.meta.dirname}/isolation.ts";
    import { ensureTools } from "${import.meta.dirname}/tools.ts";
    const tools = await ensureTools();
    process.exitCode = await runIsolated({ command: ["sh", "-c", ${JSON.stringify(script)}], tools, deadlineMs: 20_000 });`;
  const options = { env: { TMPDIR: temporary }, timeout: 25_000, reject: false, buffer: true } as const;
  return execa(process.execPath, ["--input-type=module", "-e", program], options);
}

test("passes the exit code on, and removes the temporary folder", async () => {
  const { exitCode, stdout } = await isolate('touch "$TMPDIR/file" && ip -oneline link && exit 7');
  expect(exitCode).toBe(7);
  expect(stdout.split("\n")).toEqual([expect.stringContaining("lo:")]);
  expect(await readdir(temporary)).toEqual([]);
});

test.each(["/run", "/var/lib"])("%s is another folder than outside", async (folder) => {
  const { stdout } = await isolate(`stat -c %d ${folder} && touch ${folder}/mine`);
  expect(stdout).toMatch(/^\d+$/);
  expect(Number(stdout)).not.toBe((await stat(folder)).dev);
});

const STUBBORN = 'trap "" INT TERM; echo ready; sleep 1000 & wait; sleep 1000';

test.each(["SIGINT", "SIGTERM"] as const)("%s ends a stubborn command and cleans up", async (signal) => {
  const run = isolate(STUBBORN);
  for await (const line of run) if (line === "ready") run.kill(signal);
  expect(await run).toMatchObject({ timedOut: false, exitCode: signal === "SIGINT" ? 130 : 143 });
  expect(await readdir(temporary)).toEqual([]);
});

test("nothing outlives a launcher that was killed outright", async () => {
  const run = isolate(STUBBORN);
  for await (const line of run) if (line === "ready") run.kill("SIGKILL");
  expect(await run).toMatchObject({ timedOut: false, signal: "SIGKILL" });
});
