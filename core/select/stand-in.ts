import type { Decision } from "./decision.ts";
import { planFallback, rankFirstFit } from "./fallback.ts";
import type { Question } from "./question.ts";
import type { Candidate } from "./request.ts";
import { rankByTraffic } from "./traffic.ts";

/** A decision for which no module is configured. */
export function decideWithoutModules(question: Question): Decision {
  const conclusion = rankStandIn(question.request.candidates, question);
  return { ...conclusion, question, rejected: [], modules: [], ms: 0 };
}

/** The ranking where no module counts: by traffic where the question says so and the fallback isn't the default network; else the fallback. */
export function rankStandIn(
  candidates: readonly Candidate[],
  question: Question,
): Pick<Decision, "ranking" | "decidedBy"> {
  const networks = candidates.map(({ network }) => network);
  const byTraffic = question.byTraffic === true ? rankByTraffic(candidates) : undefined;
  const ranking = planFallback(byTraffic ?? rankFirstFit(networks), question);
  return { ranking, decidedBy: ranking === byTraffic ? "traffic" : "fallback" };
}
