import { checkChoices, checkVerdicts } from "../select/answer.ts";
import type { ModuleResult } from "../select/outcome.ts";
import type { Choice, ModuleKind, SelectionRequest, Verdict } from "../select/request.ts";

export interface Question {
  readonly request: SelectionRequest;
  /** What a selector is told of the scorers; a scorer isn't. */
  readonly verdicts: readonly Verdict[];
}

/** What a scorer says, or a selector. */
export type Answer =
  | { readonly kind: "scorer"; readonly items: readonly Verdict[] }
  | { readonly kind: "selector"; readonly items: readonly Choice[] };

/** Holds what a module said against the contract, as a node does. */
export function checkAnswer(kind: ModuleKind, said: unknown, question: Question): ModuleResult<Answer> {
  return kind === "scorer"
    ? toAnswer(checkVerdicts(said, question.request), kind)
    : toAnswer(checkSelection(said, question), kind);
}

function toAnswer<Kind extends ModuleKind, Item>(result: ModuleResult<readonly Item[]>, kind: Kind) {
  return result.outcome === "ok" ? { outcome: result.outcome, value: { kind, items: result.value } } : result;
}

/** On a node a selector isn't shown what is rejected. Here it is, and must leave it alone. */
function checkSelection(said: unknown, { request, verdicts }: Question): ModuleResult<readonly Choice[]> {
  const admitted = request.candidates.filter((_, at) => verdicts[at]?.tag !== "reject").length;
  const checked = checkChoices(said, { ...request, count: Math.min(request.count, admitted) });
  if (checked.outcome !== "ok") return checked;
  const stray = checked.value.find(({ candidate }) => verdicts[candidate]?.tag === "reject");
  if (stray === undefined) return checked;
  return { outcome: "badAnswer", detail: `choice ${stray.candidate} is a candidate that was rejected` };
}
