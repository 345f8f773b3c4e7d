import type { Candidate } from "./request.ts";

/**
 * CNI-Genie's smart selection, where cAdvisor measures and no module is there to weigh it: what receives least comes
 * first, what isn't measured last.
 */
export function sortByTraffic(candidates: readonly Candidate[]): readonly Candidate[] {
  const traffic = ({ kpis }: Candidate) => kpis.find(({ name }) => name === "received-mbps")?.value;
  return candidates.toSorted(
    (one, other) => (traffic(one) ?? Number.MAX_VALUE) - (traffic(other) ?? Number.MAX_VALUE),
  );
}
