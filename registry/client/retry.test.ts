import { expect, test } from "vitest";
import { parseRetryAfter } from "./retry.ts";

const NOW = new Date("2026-01-01T00:00:00Z");

test.each([
  [undefined, 0],
  ["2", 2000],
  ["Thu, 01 Jan 2026 00:00:05 GMT", 5000],
  ["Wed, 31 Dec 2025 23:59:00 GMT", 0],
  ["soon", 0],
  ["-1", 0],
])("%s", (header, ms) => {
  expect(parseRetryAfter(header, NOW)).toBe(ms);
});
