import type { Answer } from "../../../../../core/golden/answer.ts";

/** A network's place in an answer, as it is shown. */
export interface RankedNetwork {
  readonly network: string;
  /** From 1; undefined of one that isn't in the ranking. */
  readonly place: number | undefined;
  /** A scorer's. */
  readonly score: number | undefined;
  readonly reason: string;
  readonly state: "attached" | "next" | "rejected" | "left out";
}

/**
 * The networks in the order in which a pod would get them, then those that it can't get. Scores alone are ordered as a
 * node without a selector does: equal ones stay as they stand.
 */
export function planRanking(
  answer: Answer,
  { networks, count }: { readonly networks: readonly string[]; readonly count: number },
): readonly RankedNetwork[] {
  const placed =
    answer.kind === "scorer" ? rankScores(answer.items, networks) : rankChoices(answer.items, networks);
  return placed.map((one, at) => ({
    ...one,
    place: one.state === "next" ? at + 1 : undefined,
    state: one.state === "next" && at < count ? "attached" : one.state,
  }));
}

type Placed = Omit<RankedNetwork, "place">;

function rankScores(
  verdicts: Extract<Answer, { kind: "scorer" }>["items"],
  networks: readonly string[],
): readonly Placed[] {
  const all = verdicts.map((verdict, at): Placed => {
    const network = networks[at] ?? "";
    return verdict.tag === "score"
      ? { network, score: verdict.val, reason: "", state: "next" }
      : { network, score: undefined, reason: verdict.val, state: "rejected" };
  });
  return all.toSorted((a, b) => (b.score ?? -1) - (a.score ?? -1));
}

function rankChoices(
  choices: Extract<Answer, { kind: "selector" }>["items"],
  networks: readonly string[],
): readonly Placed[] {
  const chosen = choices.map(({ candidate }) => candidate);
  return [
    ...choices.map(({ candidate, reason }): Placed => {
      return { network: networks[candidate] ?? "", score: undefined, reason, state: "next" };
    }),
    ...networks.flatMap((network, at): Placed[] =>
      chosen.includes(at) ? [] : [{ network, score: undefined, reason: "", state: "left out" }],
    ),
  ];
}
