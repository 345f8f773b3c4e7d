import { Request, Verdict, decimal, fail } from "genie-cni/sdk";

/** The networks of one zone score 1, the others less. One that is known to be slow is rejected. */
export function score(request: Request): Verdict[] {
  request.settings.allow(["zone", "elsewhere", "rejectAboveMs"]);
  const zone = request.settings.text("zone", "");
  const elsewhere = request.settings.number("elsewhere", 0.2);
  const rejectAboveMs = request.settings.number("rejectAboveMs", Infinity);
  if (zone == "") return fail<Verdict>("setting zone is missing");

  const verdicts: Verdict[] = [];
  for (let i = 0; i < request.candidates.length; i++) {
    const candidate = request.candidates[i];
    const latencyMs = candidate.kpi("latency-ms"); // NaN where nobody measured it: every comparison is then false
    if (latencyMs > rejectAboveMs) verdicts.push(Verdict.reject(`too slow: ${decimal(latencyMs)} ms`));
    else verdicts.push(Verdict.score(candidate.attribute("zone") == zone ? 1 : elsewhere));
  }
  return verdicts;
}
