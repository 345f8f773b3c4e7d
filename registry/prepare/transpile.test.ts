import { expect, test } from "vitest";
import { compileModule } from "../../test/guests/corpus.ts";
import { transpile } from "./transpile.ts";

const program = (code: string) => new URL(`data:text/javascript,${encodeURIComponent(code)}`);

test("a module becomes glue and core modules", async () => {
  const made = await transpile(await compileModule("trap", "scorer"));
  expect(made.outcome === "ok" && [...made.value.keys()].toSorted()).toEqual(["glue", "module.core.wasm"]);
});

test("what the transpiler refuses is the outcome wrongWorld, in printable words", async () => {
  const refuses = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage("\\u001b[31mno");`);
  const detail = "can't be prepared: ?[31mno";
  expect(await transpile(new Uint8Array(), refuses)).toEqual({ outcome: "wrongWorld", detail });
});

test.each([
  ["is missing", new URL("file:///nonexistent/worker.mjs"), /^the transpiler failed: .*nonexistent/],
  ["throws", program("throw new Error('lost')"), /^the transpiler failed: lost$/],
  ["throws what is no error", program("throw undefined"), /^the transpiler failed: undefined$/],
  ["exits without a word", program("process.exit(3)"), /^the transpiler failed: exit code 3$/],
])("a transpiler that %s is the outcome error", async (_name, worker, detail) => {
  expect(await transpile(new Uint8Array(), worker)).toEqual({
    outcome: "error",
    detail: expect.stringMatching(detail),
  });
});

test("one that doesn't end is the outcome timeout", async () => {
  const made = await transpile(new Uint8Array(), program("for (;;);"));
  expect(made).toEqual({ outcome: "timeout", detail: "can't be prepared within 2000 ms" });
});

test("what it throws after its answer harms nobody", async () => {
  const talks = program(`
    import { parentPort } from "node:worker_threads";
    parentPort.postMessage("no");
    throw new Error("late");`);
  expect(await transpile(new Uint8Array(), talks)).toMatchObject({ outcome: "wrongWorld" });
});
