import { Buffer } from "node:buffer";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findSealed, salvageRecords, seal, type SealedRecord } from "./sealed.ts";

const FORMAT = "genie-test 1";
const record = fc.tuple(
  fc.stringMatching(/^[a-z-]{1,20}$/).filter((name) => name !== "sha256"),
  fc.uint8Array({ maxLength: 200 }),
);
const plain = (records: readonly SealedRecord[] | undefined) =>
  records?.map(([name, bytes]) => [name, Buffer.from(bytes).toString("latin1")]);

test("what is sealed is read back, whatever bytes it holds", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 10 }), (records) => {
      expect(plain(findSealed(FORMAT, seal(FORMAT, records)))).toEqual(plain(records));
    }),
  );
});

const records = [
  ["plugin", Buffer.from("bridge")],
  ["stdin", Buffer.from('{"a":1}\n')],
] as const;
const file = seal(FORMAT, records);

test("no cut and no changed byte goes unnoticed", () => {
  for (let length = 0; length < file.length; length++) {
    expect(findSealed(FORMAT, file.subarray(0, length)), `cut at ${length}`).toBeUndefined();
  }
  for (let at = 0; at < file.length; at++) {
    const changed = Uint8Array.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(findSealed(FORMAT, changed), `byte ${at}`).toBeUndefined();
  }
});

test("nothing may follow the seal", () => {
  expect(findSealed(FORMAT, Buffer.concat([file, Buffer.from("\n")]))).toBeUndefined();
  expect(findSealed(FORMAT, Buffer.concat([file, file]))).toBeUndefined();
});

test("another format is not read", () => {
  expect(findSealed("genie-test 2", seal(FORMAT, []))).toBeUndefined();
});

describe("salvaging", () => {
  test("finds the whole records before a cut", () => {
    for (let length = 0; length < file.length; length++) {
      const found = salvageRecords(file.subarray(0, length)).filter(([name]) => name !== "sha256");
      expect(plain(records)?.slice(0, found.length)).toEqual(plain(found));
    }
    expect(salvageRecords(file.subarray(0, file.length - 1))).toHaveLength(2);
  });

  test("asks neither for the format nor for the seal", () => {
    expect(plain(salvageRecords(Buffer.from("foreign\na 1\nx\nb 2\nyz\n")))).toEqual([
      ["a", "x"],
      ["b", "yz"],
    ]);
  });

  test("ends at what is no record, and takes nothing from beyond the end", () => {
    expect(plain(salvageRecords(Buffer.from("f 1\na 1\nx\nb 9999999999\ny\n")))).toEqual([["a", "x"]]);
    expect(plain(salvageRecords(Buffer.from("f 1\na 1\nx\nb -1\ny\nc 1\nz\n")))).toEqual([["a", "x"]]);
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (bytes) => void salvageRecords(bytes)));
  });
});
