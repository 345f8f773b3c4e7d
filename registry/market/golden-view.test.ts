import { expect, test } from "vitest";
import { readGoldenCases, toGoldenViews } from "./golden-view.ts";

const CASE = `{"name":"one","candidates":{"blue":{"occupancy":0.5}}}`;
const list = (each: string, count: number) => `[${Array.from({ length: count }, () => each).join(",")}]`;
const networks = (count: number) => Array.from({ length: count }, (_, at) => `"${at}":{}`).join(",");

test("golden cases are read, the first of them only", () => {
  expect(toGoldenViews(readGoldenCases(list(CASE, 3))).map(({ name }) => name)).toEqual([
    "one",
    "one",
    "one",
  ]);
  expect(readGoldenCases(list(CASE, 60))).toHaveLength(50);
});

test.each([
  ["nothing", ""],
  ["no list", CASE],
  ["a wrong one", `[${CASE},0]`],
  ["wrong ones without end", list("{}", 1_300_000)],
  ["numbers without end", list("0", 2_000_000)],
  ["a case without end", `[{"name":"x","candidates":{"a":{${networks(200_000)}}}}]`],
  ["networks without end", `[{"name":"x","candidates":{${networks(30_000)}}}]`],
  ["nested without end", `${"[".repeat(500_000)}${"]".repeat(500_000)}`],
  ["much text", `[{"name":"${"x".repeat(2 ** 21)}","candidates":{}}]`],
])("%s: there are none, and whoever asks doesn't wait for it", (_, text) => {
  const startedMs = performance.now();
  expect(readGoldenCases(text)).toEqual([]);
  expect(performance.now() - startedMs).toBeLessThan(2_000);
});
