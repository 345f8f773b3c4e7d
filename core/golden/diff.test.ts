import { expect, test } from "vitest";
import { planDiff } from "./diff.ts";

test("an answer as it is wanted differs nowhere, in whatever order its networks stand", () => {
  const verdicts = { blue: 0.5, green: "full" };
  expect(planDiff({ answer: verdicts }, { answer: { green: "full", blue: 0.5 } })).toEqual([]);
  expect(planDiff({ answer: [["blue", "free"]] }, { answer: [["blue", "free"]] })).toEqual([]);
  expect(planDiff({ error: "no limit" }, { error: "no limit" })).toEqual([]);
});

test("a scorer's answer is compared by network, and only what differs is told", () => {
  const wanted = { answer: { blue: 0.5, green: "full", red: 1 } };
  expect(planDiff(wanted, { answer: { blue: 0.25, green: 1, grey: 0, red: 1 } })).toEqual([
    { where: "blue", expected: "score 0.5", got: "score 0.25" },
    { where: "green", expected: "rejected: full", got: "score 1" },
    { where: "grey", expected: "nothing", got: "score 0" },
  ]);
});

test("a selector's answer is compared by position", () => {
  const wanted = {
    answer: [
      ["blue", "free"],
      ["red", "last"],
    ] as [string, string][],
  };
  expect(planDiff(wanted, { answer: [["red", "last"]] })).toEqual([
    { where: "choice 1", expected: "blue (free)", got: "red (last)" },
    { where: "choice 2", expected: "red (last)", got: "nothing" },
  ]);
});

test.each([
  [{ failure: "timeout: stopped" }, "timeout: stopped"],
  [{ error: "no limit" }, "error: no limit"],
])("an error in place of an answer is told: %j", (got, said) => {
  expect(planDiff({ answer: { blue: 1 } }, got)).toEqual([
    { where: "blue", expected: "score 1", got: "nothing" },
    { where: "outcome", expected: "nothing", got: said },
  ]);
});
