import type { Candidate, Request, Verdict } from "genie-cni/module";
import type { Settings } from "./settings.d.ts"; // made of module.json by geniectl build

/** The networks of one zone score 1, the others less. One that is known to be slow is rejected. */
export function score({ candidates, settings }: Request<Settings>): Verdict[] {
  const { zone, elsewhere = 0.2, rejectAboveMs = Infinity } = settings;
  if (!zone) throw new Error("setting zone is missing"); // a node doesn't hold settings against the schema

  return candidates.map((candidate): Verdict => {
    const latencyMs = findKpi(candidate, "latency-ms") ?? 0;
    if (latencyMs > rejectAboveMs) return { tag: "reject", val: `too slow: ${latencyMs} ms` };
    return { tag: "score", val: findAttribute(candidate, "zone") === zone ? 1 : elsewhere };
  });
}

/** Undefined where nobody measured it. */
function findKpi({ kpis }: Candidate, wanted: string): number | undefined {
  return kpis.find(({ name }) => name === wanted)?.value;
}

function findAttribute({ attributes }: Candidate, wanted: string): string | undefined {
  return attributes.find(({ key }) => key === wanted)?.value;
}
