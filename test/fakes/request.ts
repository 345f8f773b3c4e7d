import type { Candidate, SelectionRequest } from "../../core/select/request.ts";

/** A request with nothing of interest in it but what is given. */
export function makeRequest(more: Partial<SelectionRequest> = {}): SelectionRequest {
  const workload = { orchestrator: "none", namespace: "", name: "", labels: [], annotations: [], node: "n1" };
  const rest = { count: 1, settings: "{}", seed: 1n, extensions: [] };
  return { purpose: "attach", workload, candidates: [], ...rest, ...more };
}

/** A bridge of which nothing else is known. */
export function makeCandidate(network: string, more: Partial<Candidate> = {}): Candidate {
  return { network, plugin: "bridge", attributes: [], kpis: [], current: false, ...more };
}

/** Candidates with two attributes and four KPIs each, as ordinary networks have; the first is the emptiest. */
export function makeOrdinaryCandidates(count: number): Candidate[] {
  const kpi = (name: string, value: number) => ({ name, value, ageMs: 0 });
  return Array.from({ length: count }, (_, at) =>
    makeCandidate(`network-${at}`, {
      attributes: [
        { key: "tenant", value: "a" },
        { key: "zone", value: String(at) },
      ],
      kpis: [
        kpi("occupancy", at / count),
        kpi("free-addresses", count - at),
        kpi("subnets", 1),
        kpi("price-per-hour", at),
      ],
    }),
  );
}
