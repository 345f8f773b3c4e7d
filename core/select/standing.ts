import type { Ranked, Rejected } from "./decision.ts";
import type { Candidate, Choice, Verdict } from "./request.ts";

/** A candidate that no scorer has rejected so far. */
export interface Standing {
  readonly candidate: Candidate;
  readonly weightedSum: number;
}

/** How the candidates stand after some scorers. */
export interface Standings {
  readonly standings: readonly Standing[];
  readonly rejected: readonly Rejected[];
  /** Of the scorers that spoke. */
  readonly weightSum: number;
}

/** Before any scorer has spoken. */
export function toStandings(candidates: readonly Candidate[]): Standings {
  const standings = candidates.map((candidate) => ({ candidate, weightedSum: 0 }));
  return { standings, rejected: [], weightSum: 0 };
}

/** How they stand after one more scorer; its verdicts are in the order of those that stood. */
export function addVerdicts(
  { standings, rejected, weightSum }: Standings,
  { digest, weight, verdicts }: { digest: string; weight: number; verdicts: readonly Verdict[] },
): Standings {
  const out: Rejected[] = [];
  const left = standings.flatMap(({ candidate, weightedSum }, at) => {
    const verdict = verdicts[at];
    if (verdict === undefined) return [];
    if (verdict.tag === "score") return [{ candidate, weightedSum: weightedSum + weight * verdict.val }];
    out.push({ network: candidate.network, by: digest, reason: verdict.val });
    return [];
  });
  return { standings: left, rejected: [...rejected, ...out], weightSum: weightSum + weight };
}

/** What a selector is told of the scorers. */
export function toVerdicts({ standings, weightSum }: Standings): readonly Verdict[] {
  return standings.map((standing) => ({ tag: "score", val: findScore(standing, weightSum) ?? 0 }));
}

/** Best score first, ties by configuration order. */
export function rankByScore({ standings, weightSum }: Standings): readonly Ranked[] {
  return standings
    .map((standing) => ({
      network: standing.candidate.network,
      score: findScore(standing, weightSum) ?? 0,
    }))
    .toSorted((a, b) => b.score - a.score)
    .map((one) => ({ ...one, reason: `score ${one.score.toFixed(2)}` }));
}

/** A selector's choices, with the scores beside them. */
export function rankByChoice(
  choices: readonly Choice[],
  { standings, weightSum }: Standings,
): readonly Ranked[] {
  return choices.flatMap(({ candidate, reason }) => {
    const standing = standings[candidate];
    if (standing === undefined) return [];
    const score = findScore(standing, weightSum);
    return [{ network: standing.candidate.network, ...(score === undefined ? {} : { score }), reason }];
  });
}

/** Weighted mean of the scores; undefined where no scorer spoke. */
function findScore({ weightedSum }: Standing, weightSum: number): number | undefined {
  return weightSum === 0 ? undefined : weightedSum / weightSum;
}
