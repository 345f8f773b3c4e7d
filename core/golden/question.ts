import type { Attribute, Choice, SelectionRequest, Verdict } from "../select/request.ts";
import { findOwn } from "../spec/json.ts";
import type { GoldenCase } from "./case.ts";

/** The networks in the order of the candidates. */
export function listNetworks({ candidates, order = [] }: GoldenCase): readonly string[] {
  const placed = order.filter((network) => Object.hasOwn(candidates, network));
  return [...new Set([...placed, ...Object.keys(candidates)])];
}

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
    candidates: listNetworks(golden).map((network) => ({
      network,
      plugin: findOwn(golden.plugins, network) ?? "bridge",
      attributes: toAttributes(findOwn(golden.attributes, network) ?? {}),
      kpis: Object.entries(golden.candidates[network] ?? {}).map(([name, kpi]) =>
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
export function toVerdicts(golden: GoldenCase): readonly Verdict[] {
  const { verdicts = {} } = golden;
  return listNetworks(golden).map((network) => toVerdict(findOwn(verdicts, network) ?? 0));
}

/** The answer that the case wants, as the module gives it. A network that is no candidate has position -1. */
export function toExpected(golden: GoldenCase): readonly Verdict[] | readonly Choice[] {
  const { answer = [] } = golden;
  const networks = listNetworks(golden);
  if (!Array.isArray(answer)) {
    return [...new Set([...networks, ...Object.keys(answer)])].flatMap((network) => {
      const said = findOwn(answer, network);
      return said === undefined ? [] : [toVerdict(said)];
    });
  }
  return answer.map(([network, reason]) => ({ candidate: networks.indexOf(network), reason }));
}

function toVerdict(val: number | string): Verdict {
  return typeof val === "number" ? { tag: "score", val } : { tag: "reject", val };
}

function toAttributes(valueByKey: Readonly<Record<string, string>>): Attribute[] {
  return Object.entries(valueByKey).map(([key, value]) => ({ key, value }));
}
