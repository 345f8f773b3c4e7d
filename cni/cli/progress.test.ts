/** What a person sees at a terminal while a real registry behind a slow line gives and takes a large module. */
import { writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { addPadding, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { startSlowRegistry } from "../../test/fakes/slow-registry.ts";
import { DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";

/** What is sent soon lies in this machine's buffers: less than a few pieces is no transfer that takes long. */
const PUSHED = { file: "pushed.wasm", paddingBytes: 9_000_000, kibPerSecond: 6_000 };
const PULLED = { file: "pulled.wasm", paddingBytes: 900_000, kibPerSecond: 700 };

const undo = new AsyncDisposableStack();
let pushedTo: string;
let pulledFrom: string;
let desk: Desk;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  const { host } = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
  ({ host: pushedTo } = undo.use(await startSlowRegistry(host, PUSHED.kibPerSecond)));
  ({ host: pulledFrom } = undo.use(await startSlowRegistry(host, PULLED.kibPerSecond)));
  const component = await makeComponent(SCORER);
  for (const { file, paddingBytes } of [PUSHED, PULLED])
    await writeFile(path.join(desk.folder, file), addPadding(component, paddingBytes));
  expect(await desk.run("push", PULLED.file, `${host}/genie/pulled:1`)).toMatchObject({ exitCode: 0 });
});
afterAll(() => undo.disposeAsync());

/** What the terminal gets. */
async function runAtTerminal(...words: string[]): Promise<string> {
  const command = `stty cols 120; ${path.join(DIST_DIR, "bin/geniectl")} ${words.join(" ")}`;
  const env = { PATH: process.env["PATH"], HOME: desk.folder, GENIE_NODE: process.execPath, TERM: "xterm" };
  const options = { cwd: desk.folder, env, extendEnv: false, timeout: 20_000, reject: false } as const;
  const { stdout, exitCode } = await execa("script", ["-qefc", command, "/dev/null"], options);
  expect(exitCode, stdout).toBe(0);
  return stdout;
}

test.each([
  ["pulling", "90\\d\\.\\d kB", () => ["pull", `${pulledFrom}/genie/pulled:1`, "--store", "store"]],
  ["pushing", "9\\.\\d MB", () => ["push", PUSHED.file, `${pushedTo}/genie/pushed:1`]],
])("%s for long has a bar with bytes and rate, which is gone in the end", async (what, size, words) => {
  const shown = await runAtTerminal(...words());
  expect(shown).toMatch(new RegExp(`█░+ \\d+\\.\\d [kM]B of ${size}, [\\d.]+ [kM]?B/s {2}${what} `));
  expect(shown.slice(shown.lastIndexOf("█"))).toContain("\r\u001b[K");
});

test("where nobody watches there is none", async () => {
  const words = ["pull", `${pulledFrom}/genie/pulled:1`, "--store", "unwatched"];
  const { exitCode, stdout, stderr } = await desk.run(...words);
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).not.toMatch(/[█░]/);
});
