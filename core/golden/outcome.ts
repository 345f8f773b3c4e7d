import type { ModuleResult } from "../select/outcome.ts";
import type { Answer } from "./answer.ts";
import type { GoldenCase } from "./case.ts";
import { listNetworks } from "./question.ts";

/** A golden case's answer, or its error; how a module failed otherwise is told as an error that no case can want. */
export type GoldenOutcome =
  | { readonly answer: NonNullable<GoldenCase["answer"]> }
  | { readonly error: string }
  | { readonly failure: string };

/** What a module did, in the words of golden cases. */
export function toGoldenOutcome(result: ModuleResult<Answer>, golden: GoldenCase): GoldenOutcome {
  if (result.outcome === "error") return { error: result.detail };
  if (result.outcome !== "ok") return { failure: `${result.outcome}: ${result.detail}` };
  const networks = listNetworks(golden);
  const { kind, items } = result.value;
  if (kind === "selector")
    return { answer: items.map(({ candidate, reason }) => [networks[candidate] ?? "", reason]) };
  return { answer: Object.fromEntries(items.map(({ val }, at) => [networks[at] ?? "", val])) };
}

/** What a case wants; undefined when it says nothing. */
export function findWanted({ answer, error }: GoldenCase): GoldenOutcome | undefined {
  if (error !== undefined) return { error };
  return answer === undefined ? undefined : { answer };
}
