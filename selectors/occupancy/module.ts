import { Request, Verdict, decimal } from "genie-cni/sdk";

/** The emptier its address pool, the better a network. One whose occupancy nobody knows is the last resort. */
export function score(request: Request): Verdict[] {
  request.settings.allow(["rejectAt"]);
  const rejectAt = request.settings.number("rejectAt", 1);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < request.candidates.length; i++) {
    const occupancy = request.candidates[i].kpi("occupancy");
    if (isNaN(occupancy)) verdicts.push(Verdict.score(0));
    else if (occupancy >= rejectAt) verdicts.push(Verdict.reject(describe(occupancy)));
    else verdicts.push(Verdict.score(1 - min(occupancy, 1)));
  }
  return verdicts;
}

function describe(occupancy: f64): string {
  return `${occupancy >= 1 ? "no free address" : "too few free addresses"}: occupancy ${decimal(100 * occupancy)} %`;
}
