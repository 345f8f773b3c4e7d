/** The guest's loop over a pipe that is a list; the modules in it are glue alone. */
import { expect, test } from "vitest";
import { makeOrdinaryCandidates, makeRequest } from "../../../test/fakes/request.ts";
import type { Candidate } from "../../select/request.ts";
import { FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES } from "../wire/frame.ts";
import { runGuest } from "./guest.ts";
import { type Call, encodeCall, encodeOrder, GLUE } from "../wire/message.ts";

/** Tells the networks that it was asked about. */
const TELLING = Buffer.from(`(() => () => ({ "genie:selection/scoring@1.0.0": {
  score: ({ candidates }) => candidates.map(({ network }) => ({ tag: "reject", val: network })) } }))()`);

const id = "scorer sha256:a";
const LOAD = encodeOrder(
  { do: "load", id, kind: "scorer", memoryBytes: 2 ** 20, canWait: false },
  new Map([[GLUE, TELLING]]),
);

/** What the guest says to these frames. */
function run(frames: readonly Uint8Array[]): unknown[] {
  let input = Buffer.concat(frames);
  const said: unknown[] = [];
  runGuest({
    read(buffer) {
      if (input.length < buffer.length) return false;
      buffer.set(input.subarray(0, buffer.length));
      input = input.subarray(buffer.length);
      return true;
    },
    write: (frame) =>
      void said.push(JSON.parse(Buffer.from(frame.subarray(FRAME_HEADROOM_BYTES)).toString())),
  });
  return said.slice(1); // the first says that it is ready
}

/** Frames of calls, one after the other, to one guest. */
function encodeCalls(asked: readonly (readonly Candidate[])[]): Uint8Array[] {
  let held: readonly Candidate[] = [];
  return asked.map((candidates) => {
    const call: Call = { id, request: makeRequest({ candidates }) };
    const encoded = encodeCall(call, held);
    ({ held } = encoded);
    return encoded.frame;
  });
}

const toAnswer = (candidates: readonly Candidate[]) => ({
  outcome: "ok",
  value: candidates.map(({ network }) => ({ tag: "reject", val: network })),
});

test("a call is about all candidates, some of those that the guest has, or others that come with it", () => {
  const first = makeOrdinaryCandidates(40);
  const some = first.filter((_, at) => at % 3 === 0);
  const fewer = some.slice(1, 4);
  const others = makeOrdinaryCandidates(2);
  const asked = [first, some, fewer, first, [], others, first];
  const frames = encodeCalls(asked);
  expect(run([LOAD, ...frames])).toEqual([{ outcome: "ok", value: null }, ...asked.map(toAnswer)]);
  const isSmall = frames.map(({ length }) => length < 1000);
  expect(isSmall, "sent once").toEqual([false, true, true, true, true, true, false]);
});

test("a guest that is new gets the candidates again", () => {
  const candidates = makeOrdinaryCandidates(3);
  const [frame = new Uint8Array()] = encodeCalls([candidates]);
  expect(run([LOAD, frame])).toEqual([{ outcome: "ok", value: null }, toAnswer(candidates)]);
  expect(run([LOAD, frame]).at(-1)).toEqual(toAnswer(candidates));
});

test("a module that the guest wasn't given can't be asked", () => {
  const frames = encodeCalls([makeOrdinaryCandidates(1)]);
  expect(run(frames)).toEqual([{ outcome: "notInStore", detail: expect.stringContaining("not given") }]);
});

test("frames that are cut off end it", () => {
  const [frame = new Uint8Array()] = encodeCalls([makeOrdinaryCandidates(1)]);
  expect(run([LOAD.subarray(0, FRAME_HEADER_BYTES - 1)])).toEqual([]);
  expect(run([frame.subarray(0, frame.length - 1)])).toEqual([]);
});
