import { setTimeout as sleep } from "node:timers/promises";
import { execa } from "execa";
import path from "node:path";
import { writeFile } from "node:fs/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addPadding, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

const PADDING_BYTES = 900_000;
const PIECES = 12;

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let desk: Desk;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  desk = undo.use(await makeDesk());
  await writeFile(path.join(desk.folder, "big.wasm"), addPadding(await makeComponent(SCORER), PADDING_BYTES));
  await desk.run("push", "big.wasm", at("big:1"));
  registry.fault = (request, response) => {
    const blob = registry.blobByDigest.get((request.url ?? "").split("/").at(-1) ?? "");
    if (request.method !== "GET" || blob === undefined || blob.byteLength < PADDING_BYTES) return false;
    void drip(blob);
    return true;
    async function drip(bytes: Buffer): Promise<void> {
      response.writeHead(200, { "content-length": bytes.byteLength });
      const size = Math.ceil(bytes.byteLength / PIECES);
      for (let from = 0; from < bytes.byteLength; from += size) {
        response.write(bytes.subarray(from, from + size));
        await sleep(100);
      }
      response.end();
    }
  };
});
afterEach(() => undo.disposeAsync());

const at = (name: string) => `${registry.host}/genie/${name}`;

test("a long pull has a bar with bytes and rate on a terminal, which is gone in the end", async () => {
  const geniectl = path.join(DIST_DIR, "bin/geniectl");
  const command = `stty cols 120; ${geniectl} pull ${at("big:1")} --store store`;
  const env = { PATH: process.env["PATH"], HOME: desk.folder, GENIE_NODE: process.execPath, TERM: "xterm" };
  const { stdout, exitCode } = await execa("script", ["-qefc", command, "/dev/null"], {
    cwd: desk.folder,
    env,
    extendEnv: false,
    timeout: 20_000,
    reject: false,
  });
  expect(exitCode, stdout).toBe(0);
  expect(stdout).toMatch(/█░+ \d+\.\d kB of 90\d\.\d kB, [\d.]+ [kM]?B\/s {2}pulling /);
  expect(stdout.slice(stdout.lastIndexOf("█"))).toContain("\r\u001b[K");
});

test("where nobody watches there is none", async () => {
  const { exitCode, stdout, stderr } = await desk.run("pull", at("big:1"), "--store", "store");
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  expect(stdout).not.toMatch(/[█░]/);
});
