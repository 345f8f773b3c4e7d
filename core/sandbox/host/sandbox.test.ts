/** Guests that fail before anything was asked of them; what modules do in real ones is shown in test/guests. */
import type { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, onTestFinished, test, vi } from "vitest";
import { FRAME_HEADER_BYTES, NONCE_BYTES } from "../wire/frame.ts";
import { makeRequest } from "../../../test/fakes/request.ts";
import {
  frameOf,
  LIMITS,
  makeGuest,
  makeModule,
  makeSlowGuest,
  OK,
} from "../../../test/fakes/scripted-guest.ts";
import { openSandbox } from "./sandbox.ts";

const module = makeModule();

let unhandled: unknown[];
const collect = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on("unhandledRejection", collect);
});
afterEach(() => void process.off("unhandledRejection", collect));

const FAILED_STARTS = [
  {
    how: "can't be spawned",
    start: () => {
      throw new Error("no room\nleft");
    },
    why: "no room?left",
  },
  {
    how: "can't be heard",
    start: () => {
      const guest = makeGuest();
      guest.output.destroy(new Error("the pipe is gone"));
      return guest;
    },
    why: "its output broke: the pipe is gone",
  },
  {
    how: "speaks out of protocol",
    start: () => {
      const guest = makeGuest();
      guest.output.write(Buffer.alloc(FRAME_HEADER_BYTES, 0xff));
      return guest;
    },
    why: "it spoke out of protocol",
  },
];

test.each(FAILED_STARTS)("a guest that $how harms nobody as long as nothing is asked", async ({ start }) => {
  const sandbox = openSandbox(start, LIMITS);
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  await sandbox[Symbol.asyncDispose]();
  expect(unhandled).toEqual([]);
});

test.each(FAILED_STARTS)("one that $how is an outcome, told once for each start", async ({ start, why }) => {
  let starts = 0;
  await using sandbox = openSandbox(() => {
    starts++;
    return start();
  }, LIMITS);
  const failure = { outcome: "error", detail: `the guest process did not start: ${why}` };
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  expect(await sandbox.load(module)).toEqual(failure);
  expect(starts).toBe(1);
  expect(await sandbox.load(module)).toEqual(failure);
  expect(starts).toBe(2);
});

test.each([
  ["no answer", (output, nonce) => output.write(frameOf("[]", nonce)), "answered out of protocol"],
  ["no JSON", (output, nonce) => output.write(frameOf("{", nonce)), "answered out of protocol"],
  ["bytes after the frame", (output) => output.write(Buffer.alloc(5)), "answered out of protocol"],
  ["no nonce", (output) => output.write(Buffer.alloc(4)), "answered out of protocol"],
  ["another's nonce", (output) => output.write(frameOf(OK)), "answered out of protocol"],
  [
    "two answers",
    (output, nonce) => output.write(Buffer.concat([frameOf(OK, nonce), frameOf(OK, nonce)])),
    "answered out of protocol",
  ],
  ["a broken pipe", (output) => output.destroy(new Error("EIO")), "its output broke: EIO"],
] satisfies readonly [string, (output: PassThrough, nonce: Uint8Array) => unknown, string][])(
  "a guest that answers with %s is killed, and the next call starts another",
  async (_name, say, detail) => {
    const guests: ReturnType<typeof makeGuest>[] = [];
    await using sandbox = openSandbox(() => {
      const guest = makeGuest(say);
      guest.output.write(frameOf(OK));
      guests.push(guest);
      return guest;
    }, LIMITS);
    expect(await sandbox.load(module)).toEqual({
      outcome: "trap",
      detail: expect.stringContaining(detail),
    });
    expect(guests.map(({ isKilled }) => isKilled)).toEqual([true]);
    await sandbox.load({ ...module, digest: "sha256:b" });
    expect(guests.map(({ isKilled }) => isKilled)).toEqual([true, true]);
  },
);

/** The first guest breaks at its second order; all else is answered. */
test.each([
  ["wrote ahead of time", (output: PassThrough) => void output.write(frameOf(OK))],
  ["ended", (output: PassThrough) => void output.end()],
])("a module isn't blamed for one that ran before it and %s", async (_name, spoil) => {
  const orders: number[] = [];
  await using sandbox = openSandbox(() => {
    const at = orders.push(0) - 1;
    const guest = makeGuest((output, nonce) => {
      const count = (orders[at] ?? 0) + 1;
      orders[at] = count;
      if (at === 0 && count === 2) spoil(output);
      else output.write(frameOf(OK, nonce));
    });
    guest.output.write(frameOf(OK));
    return guest;
  }, LIMITS);
  expect(await sandbox.load(module)).toMatchObject({ outcome: "ok" });
  expect(await sandbox.load({ ...module, digest: "sha256:b" })).toMatchObject({ outcome: "ok" });
  expect(orders).toEqual([2, 1]);
});

test("the question that is put again has what is left of the deadline", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
  onTestFinished(() => void vi.useRealTimers());
  let starts = 0;
  await using sandbox = openSandbox(() => {
    const isFirst = starts++ === 0;
    let orders = 0;
    const guest = makeGuest((output, nonce) => {
      orders++;
      const isCall = orders === (isFirst ? 3 : 2);
      if (!isCall) output.write(frameOf(OK, nonce));
      else if (isFirst) setTimeout(() => output.end(), 30); // the second never answers
    });
    guest.output.write(frameOf(OK));
    return guest;
  }, LIMITS);
  for (const digest of ["sha256:other", module.digest]) await sandbox.load({ ...module, digest });
  const scoring = sandbox.score(module.digest, makeRequest({ candidates: [] }), 50);
  await vi.advanceTimersByTimeAsync(200);
  expect(await scoring).toEqual({ outcome: "timeout", detail: "stopped after 20 ms" });
  expect(starts).toBe(2);
});

const ANSWER_BYTES = 200;

test.each([
  ["as long as allowed", ANSWER_BYTES - NONCE_BYTES, { outcome: "ok" }],
  [
    "one byte longer",
    ANSWER_BYTES - NONCE_BYTES + 1,
    { outcome: "badAnswer", detail: "the answer is longer than allowed" },
  ],
])("an answer %s", async (_name, sizeBytes, outcome) => {
  const guest = makeGuest((output, nonce) => void output.write(frameOf(OK.padEnd(sizeBytes), nonce)));
  guest.output.write(frameOf(OK));
  await using sandbox = openSandbox(() => guest, { ...LIMITS, answerBytes: ANSWER_BYTES });
  expect(await sandbox.load(module)).toMatchObject(outcome);
  expect(guest.isKilled).toBe(outcome.outcome !== "ok");
});

test.each([
  [49, { outcome: "ok" }],
  [51, { outcome: "timeout", detail: "stopped after 50 ms" }],
])("of 50 ms, a module that takes %d ms to be taken up", async (takesMs, outcome) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  await using sandbox = openSandbox(() => makeSlowGuest(takesMs), { ...LIMITS, loadMs: 50 });
  const loading = sandbox.load(module);
  await vi.advanceTimersByTimeAsync(60);
  expect(await loading).toMatchObject(outcome);
});

test.each([
  [49, { outcome: "ok" }],
  [51, { outcome: "timeout", detail: "stopped after 50 ms" }],
])("of 50 ms, a call that takes %d ms", async (takesMs, outcome) => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  onTestFinished(() => void vi.useRealTimers());
  await using sandbox = openSandbox(() => makeSlowGuest(takesMs), LIMITS);
  const loading = sandbox.load(module);
  await vi.advanceTimersByTimeAsync(60);
  await loading;
  const scoring = sandbox.score(module.digest, makeRequest({ candidates: [] }), 50);
  await vi.advanceTimersByTimeAsync(60);
  expect(await scoring).toMatchObject(outcome);
});
