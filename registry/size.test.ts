import { expect, test } from "vitest";
import { formatSize } from "./size.ts";

test.each([
  [0, "0 B"],
  [999, "999 B"],
  [1000, "1.0 kB"],
  [999_949, "999.9 kB"],
  [16 * 2 ** 20, "16.8 MB"],
])("%d bytes are %s", (sizeBytes, text) => {
  expect(formatSize(sizeBytes)).toBe(text);
});
