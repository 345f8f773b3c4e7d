import { closeSync, openSync, writeSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { expect, test } from "vitest";
import { compileModule, renameExport } from "../../test/guests/corpus.ts";
import { transpile } from "./transpile.ts";

const program = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

test("a module becomes glue and core modules", async () => {
  const made = await transpile(await compileModule("trap", "scorer"));
  expect(made.outcome === "ok" && [...made.value.keys()].toSorted()).toEqual(["glue", "module.core.wasm"]);
});

test.each([["'"], ['"'], ["\\"], ["\n"], ["\r"], ["*/"], ["`"], ["${0}"], [";"], ["\u2028"], ["é"]])(
  "a core export with %j in its name is the outcome wrongWorld",
  async (end) => {
    const evil = await renameExport(await compileModule("trap", "scorer"), end);
    expect(await transpile(evil)).toEqual({
      outcome: "wrongWorld",
      detail: expect.stringMatching(
        /^can't be prepared: a name in it has characters that no name may have: [^\p{C}]+$/u,
      ),
    });
  },
);

test("what the transpiler says is kept short and printable, line ends and terminal codes too", async () => {
  const talks = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage("one\\ntwo\\r\\u009b2J\\u2028" + "x".repeat(1e6));`);
  const { detail } = Object(await transpile(new Uint8Array(), { program: talks }));
  expect(detail).toBe(`can't be prepared: one?two??2J?${"x".repeat(116)}`);
});

test("a worker that the system holds is not waited for", async () => {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-transpile-"));
  const pipe = path.join(folder, "pipe");
  await execa("mkfifo", [pipe]);
  const release = openSync(pipe, "r+");
  try {
    const held = program(`
      import { openSync, readSync } from "node:fs";
      readSync(openSync(${JSON.stringify(pipe)}, "r"), new Uint8Array(1));`);
    expect(await transpile(new Uint8Array(), { program: held })).toMatchObject({ outcome: "timeout" });
  } finally {
    writeSync(release, "x");
    closeSync(release);
    await rm(folder, { recursive: true });
  }
});

test("what the transpiler refuses is the outcome wrongWorld, in printable words", async () => {
  const refuses = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage("\\u001b[31mno");`);
  const detail = "can't be prepared: ?[31mno";
  expect(await transpile(new Uint8Array(), { program: refuses })).toEqual({ outcome: "wrongWorld", detail });
});

test.each([
  ["is missing", new URL("file:///nonexistent/worker.mjs"), /^the transpiler failed: .*nonexistent/],
  ["throws", program("throw new Error('lost')"), /^the transpiler failed: lost$/],
  ["throws what is no error", program("throw undefined"), /^the transpiler failed: undefined$/],
  ["exits without a word", program("process.exit(3)"), /^the transpiler failed: exit code 3$/],
])("a transpiler that %s is the outcome error", async (_name, worker, detail) => {
  expect(await transpile(new Uint8Array(), { program: worker })).toEqual({
    outcome: "error",
    detail: expect.stringMatching(detail),
  });
});

test("one that doesn't end is the outcome timeout", async () => {
  const made = await transpile(new Uint8Array(), { program: program("for (;;);") });
  expect(made).toEqual({ outcome: "timeout", detail: "can't be prepared within 2000 ms" });
});

test("what it throws after its answer harms nobody", async () => {
  const talks = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage("no");
    throw new Error("late");`);
  expect(await transpile(new Uint8Array(), { program: talks })).toMatchObject({ outcome: "wrongWorld" });
});
