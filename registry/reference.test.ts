import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatReference,
  isLoopbackHost,
  parseReference,
  pinReference,
  type Reference,
} from "./reference.ts";

const DIGEST = `sha256:${"a".repeat(64)}` as const;

test.each<[string, Partial<Reference>]>([
  [
    "registry.example/genie/occupancy:1.0",
    { host: "registry.example", repository: "genie/occupancy", tag: "1.0" },
  ],
  ["localhost/a:b", { host: "localhost", repository: "a", tag: "b" }],
  [`[::1]:5000/a/b__c@${DIGEST}`, { host: "[::1]:5000", repository: "a/b__c", digest: DIGEST }],
  [`r.example:443/a:v1@${DIGEST}`, { host: "r.example:443", repository: "a", tag: "v1", digest: DIGEST }],
])("reads %s", (text, parts) => {
  expect(parseReference(text)).toEqual(parts);
  expect(formatReference(parseReference(text))).toBe(text);
});

test.each([
  ["occupancy:1.0", "must begin with the registry's host"],
  ["genie/occupancy:1.0", "genie is no host"],
  ["r.example/a", "neither tag nor digest"],
  ["r.example/A:1", "bad repository"],
  ["r.example/a/../b:1", "bad repository"],
  ["r.example/a:", "bad tag"],
  [`r.example/a:${"t".repeat(129)}`, "bad tag"],
  ["r.example/a@sha256:abc", "bad digest"],
  [`r.example/a@sha512:${"a".repeat(128)}`, "bad digest"],
  ["r.example:99999/a:1", "bad host"],
  ["user@r.example/a:1", "must begin"],
  ["https://r.example/a:1", "must begin"],
  ["-r.example/a:1", "bad host"],
  [`r.example/${"a".repeat(300)}:1`, "bad repository"],
  [`r.example/${"a/".repeat(40_000)}a:1`, "must begin"],
])("refuses %.60s", (text, why) => {
  expect(() => parseReference(text)).toThrow(expect.objectContaining({ kind: "invalidReference" }));
  expect(() => parseReference(text)).toThrow(why);
});

test("no text is read as another reference", () => {
  const part = fc.string({ unit: fc.constantFrom(...Array.from("ab.:/@-_[]5")), maxLength: 30 });
  fc.assert(
    fc.property(part, part, (left, right) => {
      const text = `${left}/${right}`;
      try {
        expect(formatReference(parseReference(text))).toBe(text);
      } catch (error) {
        expect(error).toMatchObject({ kind: "invalidReference" });
      }
    }),
    { numRuns: 2000 },
  );
});

test("pins to a digest and no tag", () => {
  expect(pinReference(parseReference("r.example/a:1"), DIGEST)).toBe(`r.example/a@${DIGEST}`);
});

test.each(["localhost", "LOCALHOST:5000", "127.0.0.1", "127.9.9.9:80", "[::1]", "[::1]:5000"])(
  "%s is this machine",
  (host) => {
    expect(isLoopbackHost(host)).toBe(true);
  },
);
test.each(["localhost.example", "127.0.0.1.example", "128.0.0.1", "[::2]", "10.0.0.1:127"])(
  "%s is another machine",
  (host) => {
    expect(isLoopbackHost(host)).toBe(false);
  },
);
