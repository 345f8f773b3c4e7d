import { Buffer } from "node:buffer";
import fc from "fast-check";
import { expect, test } from "vitest";
import { findSealed, seal } from "./sealed.ts";

const FORMAT = "genie-test 1";
const record = fc.tuple(
  fc.stringMatching(/^[a-z-]{1,20}$/).filter((name) => name !== "sha256"),
  fc.uint8Array({ maxLength: 200 }),
);

test("what is sealed is read back, whatever bytes it holds", () => {
  fc.assert(
    fc.property(fc.array(record, { maxLength: 10 }), (records) => {
      const found = findSealed(FORMAT, seal(FORMAT, records));
      expect(found?.map(([name, bytes]) => [name, Uint8Array.from(bytes)])).toEqual(
        records.map(([name, bytes]) => [name, Uint8Array.from(bytes)]),
      );
    }),
  );
});

test("no cut and no changed byte goes unnoticed", () => {
  const file = seal(FORMAT, [
    ["plugin", Buffer.from("bridge")],
    ["stdin", Buffer.from('{"a":1}\n')],
  ]);
  for (let length = 0; length < file.length; length++) {
    expect(findSealed(FORMAT, file.subarray(0, length)), `cut at ${length}`).toBeUndefined();
  }
  for (let at = 0; at < file.length; at++) {
    const changed = Uint8Array.from(file);
    changed[at] = (changed[at] ?? 0) ^ 1;
    expect(findSealed(FORMAT, changed), `byte ${at}`).toBeUndefined();
  }
});

test("another format is not read", () => {
  expect(findSealed("genie-test 2", seal(FORMAT, []))).toBeUndefined();
});
