import { expect, test } from "vitest";
import { parseGoldenCases, parseQuestion } from "./case.ts";

test.each([
  ["[]", "q.json is a list of cases, not one question"],
  [
    '{ "candidates": ["blue"] }',
    'candidates: must be an object: KPIs by network, as in {"blue": {"occupancy": 0.5}}',
  ],
  [
    '{ "candidates": { "blue": { "loss": "1" } } }',
    'candidates.blue.loss: must be a number, or {"value": NUMBER,',
  ],
  ['{ "candidates": {}, "answer": 7 }', "answer: must be a score or a reason by network, or a list of"],
  ['{ "candidates": {}, "workload": { "nmae": "x" } }', 'workload: unknown key "nmae", did you mean "name"?'],
])("what is no question is told once, with the form that it should have: %s", (text, words) => {
  expect(() => parseQuestion("q.json", text)).toThrow(
    expect.objectContaining({ message: expect.stringContaining(words), report: [] }),
  );
});

test("a list that tells faults without end is refused before it is checked", () => {
  const text = `[${Array.from({ length: 60_000 }, () => "{}").join(",")}]`;
  expect(() => parseGoldenCases("golden.json", text)).toThrow("golden.json has more than 50000 values");
});
