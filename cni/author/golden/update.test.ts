import { expect, test } from "vitest";
import type { GoldenRun } from "./run.ts";
import { updateAnswers } from "./update.ts";

const run = (more: Partial<GoldenRun>): GoldenRun => ({
  name: "",
  passed: false,
  differences: [],
  got: { failure: "trap" },
  ...more,
});

test("what failed gets the answer that came, and no other byte changes", () => {
  const text = `[
  { "name": "right",   "candidates": {}, "answer": {} },
  { "name": "wrong", "candidates": { "blue": {} }, "answer": { "blue": 1 } },
  { "name": "now an error", "candidates": {}, "answer": {} },
  { "name": "traps", "candidates": {}, "answer": {} }
]
`;
  const updated = updateAnswers(text, [
    run({ passed: true, got: { answer: {} } }),
    run({ got: { answer: { blue: 0.5 } } }),
    run({ got: { error: "no" } }),
    run({}),
  ]);
  const [right, wrong, error, traps] = JSON.parse(updated);
  expect(wrong).toEqual({ name: "wrong", candidates: { blue: {} }, answer: { blue: 0.5 } });
  expect(error).toEqual({ name: "now an error", candidates: {}, error: "no" });
  expect([right.answer, traps.answer]).toEqual([{}, {}]);
  const lines = text.split("\n");
  expect(updated.split("\n")).toEqual(expect.arrayContaining([lines[1], lines[4]]));
});
