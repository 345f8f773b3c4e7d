import type { GoldenCase } from "../../../../../core/golden/case.ts";
import { listNetworks } from "../../../../../core/golden/question.ts";

/** Edits of a question; each answers another question, which stands in no golden case any more. */

export type Kpi = { readonly value: number; readonly ageMs: number };

const NAMES = ["blue", "green", "red", "amber", "violet", "teal", "coral", "slate"];

/** As many as a page can show well. */
export const MOST_CANDIDATES = 24;

/** The same question without the answer that its case wants. */
export function withoutAnswer({ answer: _answer, error: _error, ...question }: GoldenCase): GoldenCase {
  return { ...question, order: [...listNetworks(question)] };
}

/** Undefined for a KPI that was never measured. */
export function findKpi({ candidates }: GoldenCase, network: string, name: string): Kpi | undefined {
  const kpi = Object.hasOwn(candidates[network] ?? {}, name) ? candidates[network]?.[name] : undefined;
  return typeof kpi === "number" ? { value: kpi, ageMs: 0 } : kpi;
}

export function withKpi(
  question: GoldenCase,
  [network, name]: readonly [network: string, name: string],
  kpi: Kpi | undefined,
): GoldenCase {
  const { [name]: _before, ...others } = question.candidates[network] ?? {};
  const inPlace = { ...question.candidates[network] };
  if (kpi !== undefined) inPlace[name] = kpi.ageMs === 0 ? kpi.value : kpi;
  return {
    ...question,
    candidates: { ...question.candidates, [network]: kpi === undefined ? others : inPlace },
  };
}

/** A score, or the reason of a rejection. */
export function withVerdict(question: GoldenCase, network: string, verdict: number | string): GoldenCase {
  return { ...question, verdicts: { ...question.verdicts, [network]: verdict } };
}

/** One more, like the last one. */
export function withCandidate(question: GoldenCase): GoldenCase {
  const networks = listNetworks(question);
  const last = networks.at(-1);
  const network = NAMES.find((name) => !networks.includes(name)) ?? `network-${networks.length + 1}`;
  return {
    ...question,
    order: [...networks, network],
    candidates: { ...question.candidates, [network]: { ...(last && question.candidates[last]) } },
  };
}

export function withoutCandidate(question: GoldenCase, network: string): GoldenCase {
  const { [network]: _candidate, ...candidates } = question.candidates;
  return {
    ...question,
    candidates,
    order: listNetworks(question).filter((other) => other !== network),
    current: question.current.filter((other) => other !== network),
    attributes: without(question.attributes, network),
    plugins: without(question.plugins, network),
    verdicts: question.verdicts && without(question.verdicts, network),
  };
}

function without<T>(valueByNetwork: Readonly<Record<string, T>>, network: string): Record<string, T> {
  const { [network]: _value, ...others } = valueByNetwork;
  return others;
}
