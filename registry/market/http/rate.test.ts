import { expect, test } from "vitest";
import { RateLimiter } from "./rate.ts";

const RATE = { perSecond: 2, burst: 3 };
const takeMany = (limiter: RateLimiter, visitor: string, atMs: number) =>
  Array.from({ length: 5 }, () => limiter.take(visitor, atMs)).filter(Boolean).length;

test("each visitor has a burst, and gets back by the second", () => {
  const limiter = new RateLimiter(RATE);
  expect(takeMany(limiter, "a", 0)).toBe(3);
  expect(takeMany(limiter, "b", 0)).toBe(3);
  expect(takeMany(limiter, "a", 1000)).toBe(2);
  expect(takeMany(limiter, "a", 60_000)).toBe(3);
});

test("a clock that goes back gives nothing", () => {
  const limiter = new RateLimiter(RATE);
  expect(takeMany(limiter, "a", 10_000)).toBe(3);
  expect(takeMany(limiter, "a", 0)).toBe(0);
});

test("any number of visitors is known for a while only", () => {
  const limiter = new RateLimiter(RATE);
  expect(takeMany(limiter, "first", 0)).toBe(3);
  for (let at = 0; at < 10_000; at++) limiter.take(`visitor ${at}`, 0);
  expect(takeMany(limiter, "first", 0)).toBe(3);
});
