import fc from "fast-check";
import { expect, test } from "vitest";
import { findBenchmark } from "./benchmark.ts";

const LATENCY = { candidates: 10, rounds: 500, p50Ms: 0.1, p99Ms: 0.4 };
const BENCHMARK = { sizeBytes: 10_000, prepareMs: 20, memoryMiB: 1, latencies: [LATENCY] };

test("reads what geniectl bench prints, and passes over the rest", () => {
  const text = JSON.stringify({ ...BENCHMARK, kind: "scorer", latencies: [{ ...LATENCY, budget: {} }] });
  expect(findBenchmark(text)).toEqual(BENCHMARK);
});

test.each<[string, string]>([
  ["nothing", ""],
  ["a list", "[]"],
  ["no JSON", "{"],
  ["latencies without an end", JSON.stringify({ ...BENCHMARK, latencies: Array(100).fill(LATENCY) })],
  ["text for a number", JSON.stringify({ ...BENCHMARK, latencies: [{ ...LATENCY, p50Ms: "<b>" }] })],
  ["a size below nothing", JSON.stringify({ ...BENCHMARK, sizeBytes: -1 })],
])("finds none in %s", (_, text) => {
  expect(findBenchmark(text)).toBeUndefined();
});

test("takes any text", () => {
  fc.assert(
    fc.property(fc.json(), (text) => {
      expect(findBenchmark(text)).toBeUndefined();
    }),
  );
});
