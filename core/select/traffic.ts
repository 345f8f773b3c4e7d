import type { Ranked } from "./decision.ts";
import { rankFirstFit } from "./fallback.ts";
import type { Candidate } from "./request.ts";

/** What decides where traffic does. */
export const TRAFFIC_KPI = "received-mbps";

/**
 * CNI-Genie's smart selection: what receives least comes first, what isn't measured last; undefined where nothing is
 * measured.
 */
export function rankByTraffic(candidates: readonly Candidate[]): readonly Ranked[] | undefined {
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
