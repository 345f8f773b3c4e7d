import fc from "fast-check";
import { expect, test } from "vitest";
import { FrameError } from "./frame.ts";
import { decodeRecords, encodeRecords } from "./records.ts";

const records = fc
  .array(fc.tuple(fc.string({ unit: "grapheme" }), fc.uint8Array()))
  .map((list) => new Map(list));

test("records come back as they were, after any headroom", () => {
  fc.assert(
    fc.property(records, fc.nat(9), (map, headroom) => {
      const decoded = decodeRecords(encodeRecords(map, headroom).subarray(headroom));
      expect([...decoded].map(([name, bytes]) => [name, [...bytes]])).toEqual(
        [...map].map(([name, bytes]) => [name, [...bytes]]),
      );
    }),
  );
});

test("whatever the bytes, the answer is records or a FrameError", () => {
  fc.assert(
    fc.property(fc.uint8Array(), (bytes) => {
      try {
        decodeRecords(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(FrameError);
      }
    }),
  );
  expect(() => decodeRecords(Uint8Array.of(1, 0, 0, 0, 255, 255, 255, 255, 65))).toThrow(
    "reaches past the end",
  );
});

test("the number of records is bounded, those of one name among them", () => {
  const recordsOf = (count: number) => new Uint8Array(8 * count);
  expect([...decodeRecords(recordsOf(1000)).keys()]).toEqual([""]);
  expect(() => decodeRecords(recordsOf(1001))).toThrow("more than 1000 records");
});
