import type { Attribute, Choice, SelectionRequest, Verdict } from "../../../core/select/request.ts";
import type { GoldenCase } from "./case.ts";

/** The request that a golden case stands for. */
export function toRequest(golden: GoldenCase): SelectionRequest {
  const { workload, purpose, count, seed, settings } = golden;
  return {
    purpose,
    workload: {
      ...workload,
      labels: toAttributes(workload.labels),
      annotations: toAttributes(workload.annotations),
    },
    candidates: Object.entries(golden.candidates).map(([network, kpis]) => ({
      network,
      plugin: golden.plugins[network] ?? "bridge",
      attributes: toAttributes(golden.attributes[network] ?? {}),
      kpis: Object.entries(kpis).map(([name, kpi]) =>
        typeof kpi === "number" ? { name, value: kpi, ageMs: 0 } : { name, ...kpi },
      ),
      current: golden.current.includes(network),
    })),
    count,
    settings: JSON.stringify(settings),
    seed: BigInt(seed),
    extensions: toAttributes(golden.extensions),
  };
}

/** The verdicts that a selector is told: a score of 0 for a network of which none is said, as on a node without scorers. */
export function toVerdicts({ verdicts = {}, candidates }: GoldenCase): readonly Verdict[] {
  return Object.keys(candidates).map((network) => toVerdict(verdicts[network] ?? 0));
}

/** The answer that the case wants, as the module gives it. A network that is no candidate has position -1. */
export function toExpected({ answer = [], candidates }: GoldenCase): readonly Verdict[] | readonly Choice[] {
  if (!Array.isArray(answer)) return Object.values(answer).map(toVerdict);
  const networks = Object.keys(candidates);
  return answer.map(([network, reason]) => ({ candidate: networks.indexOf(network), reason }));
}

function toVerdict(val: number | string): Verdict {
  return typeof val === "number" ? { tag: "score", val } : { tag: "reject", val };
}

function toAttributes(valueByKey: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(valueByKey).map(([key, value]) => ({ key, value }));
}
