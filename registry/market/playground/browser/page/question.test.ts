import { expect, test } from "vitest";
import { type GoldenCase, goldenCase } from "../../../../../core/golden/case.ts";
import { listNetworks } from "../../../../../core/golden/question.ts";
import { findKpi, withCandidate, withKpi, withoutAnswer, withoutCandidate, withVerdict } from "./question.ts";

const QUESTION: GoldenCase = goldenCase.parse({
  name: "q",
  candidates: { "10": { loss: 0.5 }, blue: { loss: { value: 0.1, ageMs: 5 } }, "2": {} },
  order: ["blue", "10", "2"],
  attributes: { blue: { zone: "a" }, "2": { zone: "b" } },
  plugins: { blue: "ptp" },
  current: ["blue", "2"],
  verdicts: { blue: 1, "2": "no" },
  answer: { blue: 1 },
});

test("a question that was changed stands in no golden case; its networks keep their order", () => {
  const { answer, error, ...question } = QUESTION;
  expect(withoutAnswer(QUESTION)).toEqual(question);
  expect(answer).toBeDefined();
  expect(error).toBeUndefined();
  const unordered = goldenCase.parse({ name: "q", candidates: { blue: {}, "7": {} } });
  expect(withoutAnswer(unordered).order).toEqual(["7", "blue"]);
});

test("a KPI is set, keeps its age, and is absent when it's taken away", () => {
  expect(findKpi(QUESTION, "10", "loss")).toEqual({ value: 0.5, ageMs: 0 });
  expect(findKpi(QUESTION, "blue", "loss")).toEqual({ value: 0.1, ageMs: 5 });
  expect(findKpi(QUESTION, "2", "loss")).toBeUndefined();
  expect(findKpi(QUESTION, "2", "constructor")).toBeUndefined();
  const set = withKpi(QUESTION, ["blue", "loss"], { value: 0, ageMs: 5 });
  expect(set.candidates["blue"]).toEqual({ loss: { value: 0, ageMs: 5 } });
  expect(withKpi(set, ["blue", "loss"], undefined).candidates["blue"]).toEqual({});
  expect(withKpi(QUESTION, ["2", "loss"], { value: 1, ageMs: 0 }).candidates).toEqual({
    ...QUESTION.candidates,
    "2": { loss: 1 },
  });
});

test("a candidate is added as the last, like the last, under a name of its own", () => {
  const more = withCandidate(withKpi(QUESTION, ["2", "loss"], { value: 1, ageMs: 0 }));
  expect(listNetworks(more)).toEqual(["blue", "10", "2", "green"]);
  expect(more.candidates["green"]).toEqual({ loss: 1 });
  let many = QUESTION;
  for (let left = 12; left > 0; left -= 1) many = withCandidate(many);
  expect(new Set(listNetworks(many)).size).toBe(15);
});

test("a candidate that is taken away leaves nothing behind", () => {
  const less = withoutCandidate(QUESTION, "2");
  expect(listNetworks(less)).toEqual(["blue", "10"]);
  expect(JSON.stringify(less)).not.toContain('"2"');
  expect(less.attributes).toEqual({ blue: { zone: "a" } });
  expect(withVerdict(less, "10", "far").verdicts).toEqual({ blue: 1, "10": "far" });
});
