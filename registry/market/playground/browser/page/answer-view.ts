import type { Answer } from "../../../../../core/golden/answer.ts";
import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { planDiff } from "../../../../../core/golden/diff.ts";
import { findWanted, toGoldenOutcome } from "../../../../../core/golden/outcome.ts";
import { listNetworks } from "../../../../../core/golden/question.ts";
import type { FailedOutcome, ModuleResult } from "../../../../../core/select/outcome.ts";
import { find, make } from "./dom.ts";
import { planRanking } from "./ranking.ts";
import { drawRanking, tellRanking } from "./ranking-view.ts";

/** Changes that follow each other faster are told once. */
const QUIET_MS = 600;

const WORDS_BY_OUTCOME: Readonly<Record<FailedOutcome, string>> = {
  timeout: "The module didn't answer in time",
  trap: "The module trapped",
  memory: "The module ran out of memory",
  badAnswer: "The module's answer breaks the contract",
  wrongWorld: "The module doesn't fit its world",
  notInStore: "The module isn't there",
  error: "The module answers with an error",
};

let quiet: ReturnType<typeof setTimeout> | undefined;

/** Shows what came of asking. */
export function showAnswer(result: ModuleResult<Answer>, question: GoldenCase): void {
  const ranking =
    result.outcome === "ok"
      ? planRanking(result.value, { networks: listNetworks(question), count: question.count })
      : [];
  drawRanking(find("ranking", HTMLElement), ranking);
  showFailure(
    result.outcome === "ok" ? undefined : `${WORDS_BY_OUTCOME[result.outcome]}: ${result.detail}`,
    "On a node the fallback would decide. The next change asks the module again.",
  );
  find("result", HTMLElement).dataset["outcome"] = result.outcome;
  find("answer", HTMLElement).textContent = JSON.stringify(toGoldenOutcome(result, question), undefined, 2);
  showWanted(result, question);
  clearTimeout(quiet);
  if (result.outcome === "ok") {
    quiet = setTimeout(() => (find("status", HTMLElement).textContent = tellRanking(ranking)), QUIET_MS);
  }
}

export function setBusy(isBusy: boolean): void {
  find("result", HTMLElement).setAttribute("aria-busy", String(isBusy));
}

/** @param what nothing is wrong when it's undefined. */
export function showFailure(what: string | undefined, then = ""): void {
  const place = find("failure", HTMLElement);
  place.hidden = what === undefined;
  place.replaceChildren(
    ...(what === undefined ? [] : [make("strong", {}, [what]), make("span", {}, [then])]),
  );
}

/** Whether a golden case is answered as it wants. */
function showWanted(result: ModuleResult<Answer>, question: GoldenCase): void {
  const wanted = findWanted(question);
  const place = find("wanted", HTMLElement);
  place.hidden = wanted === undefined;
  if (wanted === undefined) return;
  const got = toGoldenOutcome(result, question);
  const differences = "failure" in got ? [] : planDiff(wanted, got);
  const isAsWanted = differences.length === 0 && !("failure" in got);
  place.className = isAsWanted ? "mark verified" : "mark broken";
  place.textContent = [
    isAsWanted ? "as its golden case says" : "not as its golden case says",
    ...differences.map(({ where, expected, got: found }) => `${where}: ${found}, where it wants ${expected}`),
  ].join("; ");
}
