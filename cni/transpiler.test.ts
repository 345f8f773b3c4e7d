/** The bars around the transpiler are those around a guest, shown on the built programs; and its bound on memory holds. */
import { mkdtempDisposable, readFile, readlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { transpile } from "../registry/prepare/transpile.ts";
import { compileModule } from "../test/guests/corpus.ts";
import { DIST_DIR } from "../test/setup/build.ts";
import { REMEDY } from "./build/confine-object.ts";
import { GUEST_LIMITS, type HeadLimits, TRANSPILER_LIMITS } from "./build/guest-head.ts";
import { spawnTranspiler } from "./guest-process.ts";

const TRANSPILER = path.join(DIST_DIR, "bin/genie-transpiler");
const START_MS = 20_000;

/** Starts a program and waits until it is confined. Ends with the block. */
async function start(program: string) {
  const child = execa(program, { env: { GENIE_NODE: process.execPath }, buffer: false, reject: false });
  const { pid: head } = child;
  if (head === undefined) throw new Error(`${program} did not start`);
  const findNode = async () => Number.parseInt(await readFile(`/proc/${head}/task/${head}/children`, "utf8"));
  const readEnvironment = async () =>
    readFile(`/proc/${await findNode()}/environ`, "utf8").catch(() => "not there yet");
  await expect
    .poll(readEnvironment, { timeout: START_MS, message: `without rustc: ${REMEDY}` })
    .toMatch(/^CONFINED=root/);
  return {
    pid: await findNode(),
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGKILL");
      await child;
    },
  };
}

/** All that the kernel says of what a process may do. */
async function readBars(pid: number) {
  const read = (name: string) => readFile(`/proc/${pid}/${name}`, "utf8");
  const spaces = ["net", "ipc", "pid"].map(async (space) => {
    return (await readlink(`/proc/${pid}/ns/${space}`)) === (await readlink(`/proc/self/ns/${space}`));
  });
  const status = (await read("status")).split("\n");
  return {
    status: status.filter((line) => /^(NoNewPrivs|Seccomp|Cap\w+|Uid|Gid|Groups):/.test(line)),
    environment: await read("environ"),
    limits: await read("limits"),
    isOurSpace: await Promise.all(spaces),
    words: await read("cmdline"),
  };
}

function expectMemory({ limits, words }: Awaited<ReturnType<typeof readBars>>, bounds: HeadLimits): void {
  const bytes = (bounds.heapMiB + bounds.besideHeapMiB) * 2 ** 20;
  expect(limits).toMatch(new RegExp(`^Max data size +${bytes} +${bytes} `, "m"));
  expect(words).toContain(`\0--max-old-space-size=${bounds.heapMiB}\0`);
  expect(words).toContain(`\0--wasm-max-mem-pages=${bounds.wasmMemoryMiB * 16}\0`);
}

test("the transpiler's process is as bare as a guest's, with bounds of its own on its memory", async () => {
  await using guest = await start(path.join(DIST_DIR, "bin/genie-guest"));
  await using transpiler = await start(TRANSPILER);
  const [expected, bars] = [await readBars(guest.pid), await readBars(transpiler.pid)];
  expectMemory(expected, GUEST_LIMITS);
  expectMemory(bars, TRANSPILER_LIMITS);
  expect(bars.isOurSpace).toEqual([false, false, false]);
  expect(bars.status).toEqual(expected.status);
  expect(bars.status).toEqual(expect.arrayContaining(["NoNewPrivs:\t1", "Seccomp:\t2"]));
  expect(bars.environment).toBe(expected.environment);
  const withoutData = (limits: string) => limits.replace(/^Max data size.*$/m, "");
  expect(withoutData(bars.limits)).toBe(withoutData(expected.limits));
});

test.each([
  ["the heap that it has", "", "ok"],
  ["a heap of 8 MiB", "8", "memory"],
])("with %s, preparing a module ends as its memory allows", async (_name, heapMiB, outcome) => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-transpiler-"));
  const bounded = path.join(folder.path, "bounded");
  await writeFile(bounded, `#!/bin/sh\nexec '${TRANSPILER}' ${heapMiB}`, { mode: 0o755 });
  const options = { startTranspiler: () => spawnTranspiler(bounded), prepareMs: 60_000 };
  expect(await transpile(await compileModule("trap", "scorer"), options)).toMatchObject({ outcome });
});
