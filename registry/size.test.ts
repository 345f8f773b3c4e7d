import { expect, test } from "vitest";
import { formatCount, formatSize } from "./size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [16 * 2 ** 20, "16.8 MB"],
])("%d bytes are %s", (sizeBytes, text) => {
  expect(formatSize(sizeBytes)).toBe(text);
});

test.each([
  [0, "0 modules"],
  [1, "1 module"],
  [2, "2 modules"],
  [12_345, "12,345 modules"],
])("%d are %s", (count, text) => {
  expect(formatCount(count, "module")).toBe(text);
});
