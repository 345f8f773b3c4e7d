import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { expect, test } from "vitest";
import { Buffer as Shim } from "./buffer.ts";
import { isDeepStrictEqual as isSame } from "./node-util.ts";

const bytes = fc.uint8Array({ maxLength: 40 });
const text = fc.string({ unit: "binary", maxLength: 20 });

test("text becomes the bytes, and bytes the text, that node makes of them", () => {
  fc.assert(
    fc.property(text, bytes, fc.tuple(fc.nat(20), fc.nat(20)), (said, raw, [start, more]) => {
      expect([...Shim.from(said)]).toEqual([...Buffer.from(said)]);
      expect(Shim.byteLength(said)).toBe(Buffer.byteLength(said));
      const end = start + more;
      expect(Shim.from([...raw]).toString("utf8", start, end)).toBe(
        Buffer.from(raw).toString("utf8", start, end),
      );
    }),
  );
});

test("UTF-16 is read as node reads it, once it's well-formed", () => {
  fc.assert(
    fc.property(text, (said) => {
      const raw = Buffer.from(said, "utf16le");
      const shimmed = Shim.from([...raw]).toString("utf16le", 0, raw.length);
      expect(shimmed).toBe(raw.toString("utf16le").toWellFormed());
    }),
  );
});

test("a byte order mark is text", () => {
  expect(Shim.from([0xef, 0xbb, 0xbf, 0x61]).toString()).toBe("\ufeffa");
});

test("parts are joined and compared as node does, and views share what they look at", () => {
  fc.assert(
    fc.property(fc.array(bytes, { maxLength: 4 }), bytes, (parts, other) => {
      const joined = Shim.concat(parts);
      const wanted = Buffer.concat(parts);
      expect([...joined]).toEqual([...wanted]);
      expect(Math.sign(Shim.compare(joined, other))).toBe(Buffer.compare(wanted, other));
    }),
  );
  const memory = new ArrayBuffer(8);
  new Uint8Array(memory)[3] = 7;
  expect([...Shim.from(memory, 2, 3)]).toEqual([0, 7, 0]);
});

test("JSON values are the same when node says so", () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      expect(isSame(one, other)).toBe(isDeepStrictEqual(one, other));
      expect(isSame(one, structuredClone(one))).toBe(true);
    }),
  );
  const pairs: readonly (readonly [unknown, unknown])[] = [
    [[1], { 0: 1 }],
    [{ a: undefined }, {}],
    [null, {}],
    [{ a: 1 }, { b: 1 }],
  ];
  for (const [one, other] of pairs) expect(isSame(one, other)).toBe(isDeepStrictEqual(one, other));
});
