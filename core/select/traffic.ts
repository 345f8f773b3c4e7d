import type { Decision, Ranked } from "./decision.ts";
import { planFallback, rankFirstFit } from "./fallback.ts";
import type { Question } from "./question.ts";
import type { Candidate } from "./request.ts";

/** What decides where traffic does. */
export const TRAFFIC_KPI = "received-mbps";

/** A decision for which no module is configured. */
export function decideWithoutModules(question: Question): Decision {
  const conclusion = rankWithoutModules(question.request.candidates, question);
  return { ...conclusion, question, rejected: [], modules: [], ms: 0 };
}

/** Where no module counts: by traffic if the question says so, unless the fallback is the default network; else the fallback. */
export function rankWithoutModules(
  candidates: readonly Candidate[],
  question: Question,
): Pick<Decision, "ranking" | "decidedBy"> {
  const byTraffic = question.byTraffic === true ? rankByTraffic(candidates) : undefined;
  const ranked = byTraffic ?? rankFirstFit(candidates.map(({ network }) => network));
  const ranking = planFallback(ranked, question);
  return { ranking, decidedBy: ranking === byTraffic ? "traffic" : "fallback" };
}

/** What receives least comes first, what isn't measured last; undefined where nothing is measured. */
function rankByTraffic(candidates: readonly Candidate[]): readonly Ranked[] | undefined {
  const measured = candidates.flatMap(({ network, kpis }) => {
    const mbps = kpis.find(({ name }) => name === TRAFFIC_KPI)?.value;
    return mbps === undefined ? [] : [{ network, mbps }];
  });
  if (measured.length === 0) return undefined;
  const ranked = measured
    .toSorted((one, other) => one.mbps - other.mbps)
    .map(({ network, mbps }) => ({ network, reason: `received ${Number(mbps.toPrecision(3))} Mbit/s` }));
  const others = candidates
    .map(({ network }) => network)
    .filter((name) => !ranked.some((one) => one.network === name));
  return [...ranked, ...rankFirstFit(others)];
}
