import { type GoldenCase, goldenCase } from "../../core/golden/case.ts";
import { findJson, hasAtMost, isNestedWithin, MOST_LEVELS } from "../../core/spec/json.ts";
import type { GoldenRow, GoldenView } from "./details.ts";

/** So many cases, columns and rows are shown; there may be any number. */
const MOST_CASES = 50;
const MOST_KPIS = 16;
const MOST_ROWS = 50;
const MOST_CHARACTERS = 300;

/** Of all golden cases of a module; their texts count as well. */
const MOST_VALUES = 20_000;
const MAX_LENGTH = 2 ** 20;

/** The first golden cases of what anybody may have written; none when they can't be read, or are far too many. */
export function readGoldenCases(text: string): readonly GoldenCase[] {
  const value = text.length > MAX_LENGTH ? undefined : findJson(text);
  if (!Array.isArray(value) || !hasAtMost(value, MOST_VALUES) || !isNestedWithin(value, MOST_LEVELS))
    return [];
  const cases: GoldenCase[] = [];
  for (const each of value.slice(0, MOST_CASES)) {
    const { data } = goldenCase.safeParse(each);
    if (data === undefined) return [];
    cases.push(data);
  }
  return cases;
}

/** As a person reads them. */
export function toGoldenViews(cases: readonly GoldenCase[]): readonly GoldenView[] {
  return cases.map(toView);
}

function toView({ name, settings, candidates, verdicts, answer, error }: GoldenCase): GoldenView {
  const kpis = [...new Set(Object.values(candidates).flatMap((values) => Object.keys(values)))].slice(
    0,
    MOST_KPIS,
  );
  const toRow = ([network, values]: [string, GoldenCase["candidates"][string]]): GoldenRow => ({
    network: clip(network),
    values: kpis.map((kpi) => toNumber(values[kpi])),
    verdict: verdicts && toText(verdicts[network]),
    answer: toAnswer(answer, network),
  });
  const rows = Object.entries(candidates).slice(0, MOST_ROWS).map(toRow);
  return {
    name: clip(name),
    settings: clip(JSON.stringify(settings)),
    kpis: kpis.map(clip),
    rows,
    error: error && clip(error),
  };
}

function toNumber(value: GoldenCase["candidates"][string][string] | undefined): number | undefined {
  return typeof value === "object" ? value.value : value;
}

/** A selector's place and reason, or a scorer's score or rejection. */
function toAnswer(answer: GoldenCase["answer"], network: string): string | undefined {
  if (!Array.isArray(answer)) return answer && toText(answer[network]);
  const place = answer.findIndex(([name]) => name === network);
  return place < 0 ? undefined : clip(`${place + 1}. ${answer[place]?.[1] ?? ""}`);
}

function toText(verdict: number | string | undefined): string | undefined {
  return typeof verdict === "string" ? clip(`rejected: ${verdict}`) : verdict?.toString();
}

function clip(text: string): string {
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
