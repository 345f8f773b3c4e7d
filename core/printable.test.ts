import fc from "fast-check";
import { expect, test } from "vitest";
import { toJson, toLine } from "./printable.ts";

test.each([
  ["größer, 好, 😀  two", "größer, 好, 😀  two"],
  ["\u001b[31mred\u001b[0m", "red"],
  ["\u001b]0;title\u0007text", "text"],
  ["one\r\ntwo", "one  two"],
  ["\u009b2Jgone\u007f", "gone "],
  ["\u202egnp.exe", " gnp.exe"],
  ["a\u2028b", "a b"],
])("%j is shown as %j", (text, line) => expect(toLine(text)).toBe(line));

/** Any UTF-16, halves of pairs included. */
const anyText = fc.string({ unit: fc.nat(0xffff).map((unit) => String.fromCharCode(unit)) });
const STEERING = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u;

test("no text steers the terminal, and JSON says the same all the same", () => {
  fc.assert(
    fc.property(fc.oneof(anyText, fc.string({ unit: "binary" })), (text) => {
      expect(toLine(text)).not.toMatch(STEERING);
      expect(toJson({ text })).not.toMatch(STEERING);
      expect(JSON.parse(toJson({ text }))).toEqual({ text });
    }),
  );
});
