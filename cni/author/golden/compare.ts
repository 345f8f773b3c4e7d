import type { GoldenCase } from "../../../core/golden/case.ts";
import { planDiff } from "../../../core/golden/diff.ts";
import { toGoldenOutcome } from "../../../core/golden/outcome.ts";
import { toRequest, toVerdicts } from "../../../core/golden/question.ts";
import type { Trial } from "../trial.ts";

/** Where two modules answer the same case differently. */
export interface AnswerChange {
  readonly name: string;
  readonly differences: readonly { readonly where: string; readonly old: string; readonly now: string }[];
}

/** Asks two modules the same; what the case itself wants doesn't count. */
export async function compareAnswers(golden: GoldenCase, old: Trial, now: Trial): Promise<AnswerChange> {
  const question = { request: toRequest(golden), verdicts: toVerdicts(golden) };
  const [before, after] = [await old.ask(question), await now.ask(question)];
  const differences = planDiff(toGoldenOutcome(before, golden), toGoldenOutcome(after, golden));
  return {
    name: golden.name,
    differences: differences.map(({ where, expected, got }) => ({ where, old: expected, now: got })),
  };
}
