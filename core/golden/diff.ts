import type { GoldenOutcome } from "./outcome.ts";

/** One place in which an answer differs: a network, or a position of a ranking. */
export interface Difference {
  readonly where: string;
  readonly expected: string;
  readonly got: string;
}

const NOTHING = "nothing";

/** Where what a module did isn't what its case wants; empty when it is. */
export function planDiff(wanted: GoldenOutcome | undefined, got: GoldenOutcome): readonly Difference[] {
  const [expected, found] = [toCells(wanted), toCells(got)];
  const places = new Set([...expected.keys(), ...found.keys()]);
  return [...places].flatMap((where) => {
    const pair = { expected: expected.get(where) ?? NOTHING, got: found.get(where) ?? NOTHING };
    return pair.expected === pair.got ? [] : [{ where, ...pair }];
  });
}

/** A scorer's answer by network, a selector's by position. */
function toCells(outcome: GoldenOutcome | undefined): ReadonlyMap<string, string> {
  if (outcome === undefined) return new Map();
  if ("failure" in outcome) return new Map([["outcome", outcome.failure]]);
  if ("error" in outcome) return new Map([["outcome", `error: ${outcome.error}`]]);
  const { answer } = outcome;
  if (!Array.isArray(answer))
    return new Map(Object.entries(answer).map(([network, val]) => [network, toCell(val)]));
  return new Map(answer.map(([network, reason], at) => [`choice ${at + 1}`, `${network} (${reason})`]));
}

/** -0 and 0 are one score. */
function toCell(verdict: number | string): string {
  return typeof verdict === "number" ? `score ${verdict}` : `rejected: ${verdict}`;
}
