/** What occupancy and highest do, in plain JavaScript and in this process: the floor under every decision. */
import type { Candidate, Choice } from "../../core/select/request.ts";
import { makeOrdinaryCandidates } from "../fakes/request.ts";

/** Source: selectors/occupancy/module.ts. */
function score({ kpis }: Candidate): number | undefined {
  const occupancy = kpis.find(({ name }) => name === "occupancy")?.value;
  if (occupancy === undefined) return 0;
  return occupancy >= 1 ? undefined : 1 - occupancy;
}

/** Source: selectors/highest/module.ts. */
function decidePlainly(candidates: readonly Candidate[]): readonly Choice[] {
  return candidates
    .flatMap((one, candidate) => {
      const value = score(one);
      return value === undefined ? [] : [{ candidate, value }];
    })
    .toSorted((a, b) => b.value - a.value)
    .map(({ candidate, value }) => ({ candidate, reason: `score ${value.toFixed(2)}` }));
}

/** Durations in milliseconds. */
export function measureFloor(count: number, rounds: number): readonly number[] {
  const durationsMs: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const candidates = makeOrdinaryCandidates(count);
    const startedMs = performance.now();
    decidePlainly(candidates);
    durationsMs.push(performance.now() - startedMs);
  }
  return durationsMs.slice(Math.min(100, rounds / 10)); // the first ones warm the compilers
}
