/** The guest that stands by, as the sandbox keeps it; guests are scripted. */
import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { makeRequest } from "../../../test/fakes/request.ts";
import { frameOf, LIMITS, makeModule as module } from "../../../test/fakes/scripted-guest.ts";
import { GuestConnection, type GuestEnd, type Reply } from "./connection.ts";
import { FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES } from "../wire/frame.ts";
import { openSandbox } from "./sandbox.ts";
import { ORDER } from "../wire/message.ts";
import { decodeRecords } from "../wire/records.ts";
import { openSpare } from "./spare.ts";

const OK = '{"outcome":"ok","value":[]}';
const request = makeRequest({ candidates: [] });
const LONG_MS = 5000;
const SHORT_MS = 5;

type Order = { readonly do: "load" | "call"; readonly id: string };
type Act = "answer" | "hang" | "junk" | "end";

function makeGuest(act: (order: Order) => Act) {
  const output = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<GuestEnd>();
  const end = (how: GuestEnd) => {
    guest.isGone = true;
    output.end();
    resolve(how);
  };
  const guest = {
    isGone: false,
    orders: [] as string[],
    output,
    write: (frame: Uint8Array) => {
      const records = decodeRecords(frame.subarray(FRAME_HEADROOM_BYTES));
      const order = JSON.parse(Buffer.from(records.get(ORDER) ?? []).toString()) as Order;
      guest.orders.push(`${order.do} ${order.id.replace("scorer ", "")}`);
      const nonce = frame.slice(FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES);
      const does = act(order);
      if (does === "answer") output.write(frameOf(OK, nonce));
      if (does === "junk") output.write(frameOf(OK));
      if (does === "end") end({ exitCode: 3, lastWords: "" });
    },
    kill: () => end({ signal: "SIGKILL", lastWords: "" }),
    ended,
  };
  output.write(frameOf(OK));
  return guest;
}

/** A sandbox with a spare, and all guests that it started. @param act by the number of the guest, from 0. */
function openWithSpare(act: (at: number, order: Order) => Act = () => "answer", keepsSpare = true) {
  const guests: ReturnType<typeof makeGuest>[] = [];
  const spawn = () => {
    const at = guests.length;
    const guest = makeGuest((order) => act(at, order));
    guests.push(guest);
    return guest;
  };
  const sandbox = openSandbox(spawn, LIMITS, { keepsSpare });
  return { sandbox, guests, [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose]() };
}

const ordersOf = (guests: readonly { readonly orders: readonly string[] }[]) =>
  guests.map(({ orders }) => orders);

test("it is started when a module is known, and is given that module and no call", async () => {
  await using it = openWithSpare();
  await it.sandbox.load(module("a"));
  await it.sandbox.score("a", request, LONG_MS);
  await expect.poll(() => ordersOf(it.guests)).toEqual([["load a", "call a"], ["load a"]]);
  await it.sandbox.load(module("b"));
  for (let round = 0; round < 20; round++) await it.sandbox.score("b", request, LONG_MS);
  await expect.poll(() => it.guests[1]?.orders).toEqual(["load a", "load b"]);
  expect(it.guests).toHaveLength(2);
});

test("who doesn't ask for it gets none", async () => {
  await using it = openWithSpare(() => "answer", false);
  await it.sandbox.load(module("a"));
  await it.sandbox.score("a", request, LONG_MS);
  expect(it.guests).toHaveLength(1);
});

test("after a kill it answers at once, and another stands by", async () => {
  await using it = openWithSpare((_at, order) =>
    order.id === "scorer loops" && order.do === "call" ? "hang" : "answer",
  );
  for (const digest of ["a", "loops"]) await it.sandbox.load(module(digest));
  await expect.poll(() => it.guests[1]?.orders).toEqual(["load a", "load loops"]);
  expect(await it.sandbox.score("loops", request, SHORT_MS)).toMatchObject({ outcome: "timeout" });
  expect(await it.sandbox.score("a", request, LONG_MS)).toMatchObject({ outcome: "ok" });
  expect(it.guests[1]?.orders).toEqual(["load a", "load loops", "call a"]);
  await expect.poll(() => it.guests[2]?.orders).toEqual(["load a", "load loops"]);
  expect(it.guests.map(({ isGone }) => isGone)).toEqual([true, false, false]);
});

test("one that breaks while it is given modules is let go, and no other is started until a call needs it", async () => {
  await using it = openWithSpare((at, order) =>
    at === 1 ? "junk" : order.do === "call" ? "hang" : "answer",
  );
  await it.sandbox.load(module("a"));
  await expect.poll(() => it.guests[1]?.isGone).toBe(true);
  await it.sandbox.load(module("a"));
  await it.sandbox.load(module("a"));
  expect(it.guests).toHaveLength(2);
  expect(await it.sandbox.score("a", request, SHORT_MS)).toMatchObject({ outcome: "timeout" });
  expect(await it.sandbox.load(module("a"))).toMatchObject({ outcome: "ok" });
  expect(it.guests[2]?.orders).toEqual(["load a"]);
});

test("one that ended while it stood by is not taken", async () => {
  await using it = openWithSpare((at, order) => (at === 0 && order.do === "call" ? "hang" : "answer"));
  await it.sandbox.load(module("a"));
  await expect.poll(() => it.guests[1]?.orders).toEqual(["load a"]);
  it.guests[1]?.kill();
  await it.sandbox.score("a", request, SHORT_MS);
  expect(await it.sandbox.score("a", request, LONG_MS)).toMatchObject({ outcome: "ok" });
  expect(it.guests[1]?.orders).toEqual(["load a"]);
});

test("a guest that ended between two calls is nobody's fault", async () => {
  await using it = openWithSpare();
  await it.sandbox.load(module("a"));
  it.guests[0]?.kill();
  expect(await it.sandbox.score("a", request, LONG_MS)).toMatchObject({ outcome: "ok" });
});

test("a doubtful failure is settled by a guest that has no other module", async () => {
  await using it = openWithSpare((_at, order) => (order.do === "call" ? "end" : "answer"));
  for (const digest of ["a", "b"]) await it.sandbox.load(module(digest));
  await expect.poll(() => it.guests[1]?.orders).toEqual(["load a", "load b"]);
  expect(await it.sandbox.score("b", request, LONG_MS)).toMatchObject({
    outcome: "trap",
    detail: expect.stringContaining("exit code 3"),
  });
  expect(ordersOf(it.guests)).toEqual([
    ["load a", "load b", "call b"],
    ["load a", "load b"],
    ["load b", "call b"],
  ]);
});

test("of very many modules it has the latest 48", async () => {
  await using it = openWithSpare();
  for (let at = 0; at < 50; at++) await it.sandbox.load(module(`m${at}`));
  it.guests[0]?.kill();
  await it.sandbox.score("m0", request, LONG_MS);
  await expect.poll(() => it.guests[2]?.orders).toHaveLength(48);
  expect(it.guests[2]?.orders).toEqual(Array.from({ length: 48 }, (_, at) => `load m${at + 2}`));
});

test("who needs it while it is being warmed up gets it with what it has; the orders stay as they were", async () => {
  const asked: number[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<Reply>();
  const guest = Object.assign(Object.create(GuestConnection.prototype) as GuestConnection, {
    loaded: new Set<string>(),
    ask: (order: Uint8Array) => {
      asked.push(order[0] ?? 0);
      order.fill(255); // as a nonce is written into it
      return answered;
    },
  });
  const spare = openSpare({ start: async () => guest, loadMs: LONG_MS });
  const orders = new Map(["a", "b", "c"].map((digest, at) => [digest, Uint8Array.of(at)]));
  spare.keep(orders);
  await expect.poll(() => asked).toEqual([0]);
  const taking = spare.take();
  answer({ came: "answer", bytes: Buffer.from(OK) });
  expect(await taking).toBe(guest);
  expect([...guest.loaded]).toEqual(["a"]);
  expect(asked).toEqual([0]);
  expect([...orders.values()].map(([first]) => first)).toEqual([0, 1, 2]);
});

test("closing the sandbox ends it too, ready or not", async () => {
  for (const isReady of [true, false]) {
    const { sandbox, guests } = openWithSpare();
    await sandbox.load(module("a"));
    if (isReady) await expect.poll(() => guests[1]?.orders).toEqual(["load a"]);
    await sandbox[Symbol.asyncDispose]();
    expect(guests.map(({ isGone }) => isGone)).toEqual(guests.map(() => true));
  }
});
