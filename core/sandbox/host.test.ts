/** Guests that fail before anything was asked of them; what modules do in real ones is shown in test/guests. */
import { PassThrough } from "node:stream";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { GuestEnd } from "./connection.ts";
import { FRAME_HEADER_BYTES, writeFrameLength } from "./frame.ts";
import { openSandbox } from "./host.ts";
import type { PreparedModule } from "./port.ts";

const LIMITS = { memoryBytes: 2 ** 20, loadMs: 5000 };
const module: PreparedModule = {
  digest: "sha256:a",
  kind: "scorer",
  glue: new Uint8Array(),
  coreByName: new Map(),
};

let unhandled: unknown[];
const collect = (error: unknown): void => void unhandled.push(error);
beforeEach(() => {
  unhandled = [];
  process.on("unhandledRejection", collect);
});
afterEach(() => void process.off("unhandledRejection", collect));

/** A guest whose every word is up to the test, and which ends only when it is killed. */
function makeGuest(onOrder: (output: PassThrough) => void = () => {}) {
  const output = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<GuestEnd>();
  const guest = {
    isKilled: false,
    output,
    write: () => onOrder(output),
    kill: () => {
      guest.isKilled = true;
      resolve({ signal: "SIGKILL", lastWords: "" });
    },
    ended,
  };
  return guest;
}

function frameOf(text: string): Uint8Array {
  return writeFrameLength(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), Buffer.from(text)]));
}

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
  const failure = { outcome: "trap", detail: `the guest process did not start: ${why}` };
  for (let turn = 0; turn < 5; turn++) await setImmediate();
  expect(await sandbox.load(module)).toEqual(failure);
  expect(starts).toBe(1);
  expect(await sandbox.load(module)).toEqual(failure);
  expect(starts).toBe(2);
});

test.each([
  ["no answer", (output: PassThrough) => void output.write(frameOf("[]")), "answered out of protocol"],
  ["no JSON", (output: PassThrough) => void output.write(frameOf("{")), "answered out of protocol"],
  ["no frame", (output: PassThrough) => void output.write(Buffer.alloc(4, 0xff)), "answered out of protocol"],
  ["a broken pipe", (output: PassThrough) => void output.destroy(new Error("EIO")), "its output broke: EIO"],
])("a guest that answers with %s is killed, and the next call starts another", async (_name, say, detail) => {
  const guests: ReturnType<typeof makeGuest>[] = [];
  await using sandbox = openSandbox(() => {
    const guest = makeGuest(say);
    guest.output.write(frameOf('{"outcome":"ok"}'));
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
});
