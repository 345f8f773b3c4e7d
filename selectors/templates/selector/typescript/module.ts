import type { Candidate, Choice, Request, Verdict } from "genie-cni/module";
import type { Settings } from "./settings.d.ts"; // made of module.json by geniectl build

/** The network with the most free addresses, then the next; those with a low score, and unmeasured ones, come last. */
export function select({ candidates, settings }: Request<Settings>, verdicts: Verdict[]): Choice[] {
  const { minScore = 0 } = settings;

  const ranking = candidates.flatMap((candidate, position) => {
    const verdict = verdicts[position];
    if (verdict?.tag !== "score") return []; // a scorer rejected it
    return [{ position, isGood: verdict.val >= minScore, free: findKpi(candidate, "free-addresses") }];
  });
  ranking.sort((a, b) => Number(b.isGood) - Number(a.isGood) || (b.free ?? -1) - (a.free ?? -1));

  return ranking.map(({ position, free }) => ({
    candidate: position,
    reason: free === undefined ? "free addresses unknown" : `${free} free addresses`,
  }));
}

/** Undefined where nobody measured it. */
function findKpi({ kpis }: Candidate, wanted: string): number | undefined {
  return kpis.find(({ name }) => name === wanted)?.value;
}
