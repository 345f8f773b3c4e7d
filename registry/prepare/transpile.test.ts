import { PassThrough } from "node:stream";
import { expect, onTestFinished, test, vi } from "vitest";
import { spawnTranspiler } from "../../cni/guest-process.ts";
import type { GuestEnd } from "../../core/sandbox/host/connection.ts";
import {
  FRAME_HEADER_BYTES,
  FRAME_HEADROOM_BYTES,
  NONCE_BYTES,
  writeFrameLength,
} from "../../core/sandbox/wire/frame.ts";
import { encodeRecords } from "../../core/sandbox/wire/records.ts";
import { TRANSPILING } from "../../test/fakes/transpiling.ts";
import { compileModule, renameExport } from "../../test/guests/corpus.ts";
import { MADE_LIMIT_BYTES } from "./made.ts";
import { transpile } from "./transpile.ts";

const component = await compileModule("trap", "scorer");

interface Script {
  readonly says?: Uint8Array;
  readonly takesMs?: number;
  readonly ends?: GuestEnd;
}

/** A transpiler that answers with these bytes, or ends so, or else waits to be killed. */
function makeTranspiler({ says, takesMs, ends }: Script) {
  const output = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<GuestEnd>();
  const transpiler = {
    isKilled: false,
    output,
    write: (order: Uint8Array) => {
      const nonce = order.slice(FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES);
      const answer = says && frameOf(nonce, says);
      if (takesMs !== undefined) setTimeout(() => output.write(answer), takesMs);
      else if (answer !== undefined) output.write(answer);
      if (ends === undefined) return;
      output.end();
      resolve(ends);
    },
    kill: () => {
      transpiler.isKilled = true;
      output.destroy();
      resolve({ signal: "SIGKILL", lastWords: "" });
    },
    ended,
  };
  return transpiler;
}

function frameOf(nonce: Uint8Array, content: Uint8Array): Uint8Array {
  return writeFrameLength(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), nonce, content]));
}

async function transpileWith(script: Script, prepareMs = 20_000) {
  const transpiler = makeTranspiler(script);
  const result = await transpile(component, { startTranspiler: () => transpiler, prepareMs });
  return { result, isKilled: transpiler.isKilled };
}

const text = (value: string) => Buffer.from(value);
const glue = text("(() => {})()");
const empty = Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0);
/** A module with one export that is called so. */
const exporting = (name: string) =>
  Buffer.concat([
    empty,
    Uint8Array.of(5, 3, 1, 0, 1, 7, name.length + 4, 1, name.length),
    text(name),
    Uint8Array.of(2, 0),
  ]);

test("a module becomes glue, core modules, and how it is called without the glue", async () => {
  const made = await transpile(component, TRANSPILING);
  expect(made.outcome === "ok" && [...made.value.keys()].toSorted()).toEqual([
    "glue",
    "lift",
    "module.core.wasm",
  ]);
});

test.each([["'"], ['"'], ["\\"], ["\n"], ["\r"], ["*/"], ["`"], ["${0}"], [";"], ["\u2028"], ["é"]])(
  "a core export with %j in its name is the outcome wrongWorld, before any transpiler sees it",
  async (end) => {
    const evil = await renameExport(component, end);
    const startTranspiler = () => {
      throw new Error("started");
    };
    expect(await transpile(evil, { startTranspiler, prepareMs: 1 })).toEqual({
      outcome: "wrongWorld",
      detail: expect.stringMatching(/^it has a name with characters that no name may have: [^\p{C}]+$/u),
    });
  },
);

test("a transpiler that nobody waits for any more is killed, and no other is started", async () => {
  const stop = new AbortController();
  const transpiler = makeTranspiler({});
  const options = { startTranspiler: () => transpiler, prepareMs: 600_000 };
  const making = transpile(component, options, stop.signal);
  stop.abort();
  expect(await making).toEqual({ outcome: "timeout", detail: "not prepared in time" });
  expect(transpiler.isKilled).toBe(true);
  const startTranspiler = () => {
    throw new Error("started");
  };
  expect(await transpile(component, { ...options, startTranspiler }, stop.signal)).toMatchObject({
    outcome: "timeout",
  });
});

test("what is made is taken when it is what jco makes", async () => {
  const records = new Map([
    ["glue", glue],
    ["module.core.wasm", exporting("score")],
    ["module.core2.wasm", empty],
  ]);
  const { result, isKilled } = await transpileWith({ says: encodeRecords(records) });
  expect(result).toMatchObject({ outcome: "ok" });
  expect(result.outcome === "ok" && [...result.value.keys()]).toEqual([...records.keys(), "lift"]);
  expect(isKilled).toBe(true);
});

test.each<[string, [string, Uint8Array][], string]>([
  ["no glue", [["module.core.wasm", empty]], "it has no glue"],
  [
    "a part of another name",
    [
      ["glue", glue],
      ["../../bin/genie", empty],
    ],
    "a part of it is called ../../bin/genie",
  ],
  [
    "a part with a name for a terminal",
    [
      ["glue", glue],
      ["\u001b[2J", empty],
    ],
    "a part of it is called ?[2J",
  ],
  [
    "a script as a core module",
    [
      ["glue", glue],
      ["module.core.wasm", glue],
    ],
    "module.core.wasm: it has no module of a known version at byte 0",
  ],
  [
    "a component as a core module",
    [
      ["glue", glue],
      ["module.core.wasm", component],
    ],
    "module.core.wasm: it has no module of a known version at byte 0",
  ],
  [
    "a script in a name",
    [
      ["glue", glue],
      ["module.core.wasm", exporting("a'+b")],
    ],
    "module.core.wasm: it has a name with characters that no name may have: a'+b (export section, byte 21)",
  ],
  [
    "a torn core module",
    [
      ["glue", glue],
      ["module.core.wasm", exporting("x").subarray(0, -3)],
    ],
    "module.core.wasm: it has a length of 5 at byte 15 that reaches past the end",
  ],
  ["a refusal", [["refusal", text("\u001b[31mno")]], "?[31mno"],
  [
    "a long refusal",
    [["refusal", text(`one\ntwo\r\u009b2J\u2028${"x".repeat(1e6)}`)]],
    `one?two??2J?${"x".repeat(116)}`,
  ],
])("an answer with %s is the outcome wrongWorld, in few and printable words", async (_name, records, why) => {
  const { result } = await transpileWith({ says: encodeRecords(new Map(records)) });
  expect(result).toEqual({ outcome: "wrongWorld", detail: `can't be prepared: ${why}`.slice(0, 128) });
});

test("an answer of lying lengths is the outcome error", async () => {
  const { result } = await transpileWith({ says: Buffer.alloc(12, 0xff) });
  expect(result).toEqual({ outcome: "error", detail: "the transpiler answered out of protocol" });
});

test("an answer over the limit is refused before it is read", async () => {
  const transpiler = makeTranspiler({});
  const announced = writeFrameLength(new Uint8Array(MADE_LIMIT_BYTES + FRAME_HEADER_BYTES + 1));
  transpiler.output.write(announced.subarray(0, FRAME_HEADER_BYTES + NONCE_BYTES));
  expect(await transpile(component, { startTranspiler: () => transpiler, prepareMs: 20_000 })).toEqual({
    outcome: "error",
    detail: "the transpiler made more than 67108864 bytes",
  });
  expect(transpiler.isKilled).toBe(true);
});

test.each([
  [{ exitCode: 3, lastWords: "" }, "error", "the transpiler failed: exit code 3"],
  [{ exitCode: 1, lastWords: "no\nroom" }, "error", "the transpiler failed: exit code 1, no?room"],
  [{ signal: "SIGTERM", lastWords: "" }, "error", "the transpiler failed: SIGTERM"],
  [{ signal: "SIGABRT", lastWords: "" }, "memory", "can't be prepared: the transpiler ended: SIGABRT"],
  [{ signal: "SIGKILL", lastWords: "" }, "memory", "can't be prepared: the transpiler ended: SIGKILL"],
])("a transpiler that ends with %j is the outcome %s", async (ends, outcome, detail) => {
  expect((await transpileWith({ ends })).result).toEqual({ outcome, detail });
});

test("one that isn't there is the outcome error", async () => {
  const startTranspiler = () => spawnTranspiler("/nonexistent/genie-transpiler");
  expect(await transpile(component, { startTranspiler, prepareMs: 20_000 })).toEqual({
    outcome: "error",
    detail: "the transpiler failed: ENOENT /nonexistent/genie-transpiler",
  });
});

test.each([
  [49, { outcome: "ok" }],
  [51, { outcome: "timeout", detail: "can't be prepared within 50 ms" }],
])("of 50 ms, a module that takes %d ms to be made", async (takesMs, outcome) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  const says = encodeRecords(new Map([["glue", glue]]));
  const making = transpileWith({ says, takesMs }, 50);
  await vi.advanceTimersByTimeAsync(60);
  expect((await making).result).toMatchObject(outcome);
});

test("one that doesn't end is killed, and is the outcome timeout", async () => {
  expect(await transpileWith({}, 20)).toEqual({
    result: { outcome: "timeout", detail: "can't be prepared within 20 ms" },
    isKilled: true,
  });
});
