import type { Decision, Ranked } from "./decision.ts";
import { planFallback, rankFirstFit } from "./fallback.ts";
import type { Question } from "./question.ts";
import type { Candidate } from "./request.ts";

/** What decides where traffic does. */
export const TRAFFIC_KPI = "received-mbps";

/** CNI-Genie's smart selection where cAdvisor `measures`, unless the fallback is the default network; else the fallback. */
export function decideWithoutModules(question: Question, { measures }: { measures: boolean }): Decision {
  const { candidates } = question.request;
  const byTraffic = measures ? rankByTraffic(candidates) : undefined;
  const ranked = byTraffic ?? rankFirstFit(candidates.map(({ network }) => network));
  const ranking = planFallback(ranked, question);
  const decidedBy = ranking === byTraffic ? "traffic" : "fallback";
  return { question, ranking, rejected: [], modules: [], decidedBy, ms: 0 };
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
