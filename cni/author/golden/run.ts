import type { Trial } from "../trial.ts";
import type { GoldenCase } from "../../../core/golden/case.ts";
import { type Difference, planDiff } from "../../../core/golden/diff.ts";
import { findWanted, type GoldenOutcome, toGoldenOutcome } from "../../../core/golden/outcome.ts";
import { toRequest, toVerdicts } from "../../../core/golden/question.ts";

export interface GoldenRun {
  readonly name: string;
  readonly passed: boolean;
  readonly differences: readonly Difference[];
  readonly got: GoldenOutcome;
}

/** Asks a module what the case asks. */
export async function runGoldenCase(golden: GoldenCase, trial: Trial): Promise<GoldenRun> {
  const result = await trial.ask({ request: toRequest(golden), verdicts: toVerdicts(golden) });
  const got = toGoldenOutcome(result, golden);
  const wanted = findWanted(golden);
  const differences = planDiff(wanted, got);
  return { name: golden.name, passed: wanted !== undefined && differences.length === 0, differences, got };
}
