import { expect, test } from "vitest";
import { makeQuestion, makeSelection } from "../../test/fakes/decision.ts";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { digestInputs, formatQuestion } from "./inputs.ts";
import type { Question } from "./question.ts";

const kpi = { name: "loss", value: 0, ageMs: 0 };
const [blue, green] = [makeCandidate("blue", { kpis: [kpi] }), makeCandidate("green")];
const { settings: _, ...request } = makeRequest({ candidates: [blue, green], seed: 2n ** 64n - 1n });
const question = makeQuestion({ request, selection: makeSelection({}), defaultNetwork: "blue" });

const digest = (asked: Question) => digestInputs(formatQuestion(asked));

test("the same question has the same digest", () => {
  expect(digest(structuredClone(question))).toBe(digest(question));
});

test.each<[string, Partial<Question>]>([
  ["the seed", { request: { ...request, seed: 2n ** 64n - 2n } }],
  ["the count", { request: { ...request, count: request.count + 1 } }],
  ["the order of the candidates", { request: { ...request, candidates: [green, blue] } }],
  ["a KPI", { request: { ...request, candidates: [{ ...blue, kpis: [{ ...kpi, value: 1 }] }, green] } }],
  ["its age", { request: { ...request, candidates: [{ ...blue, kpis: [{ ...kpi, ageMs: 1 }] }, green] } }],
  ["a limit", { selection: makeSelection({ limits: { reasonBytes: 100 } }) }],
  ["the default network", { defaultNetwork: "green" }],
  ["whether the pod may fail", { mayFail: !question.mayFail }],
])("another digest has %s", (_name, more) => {
  expect(digest({ ...question, ...more })).not.toBe(digest(question));
});
