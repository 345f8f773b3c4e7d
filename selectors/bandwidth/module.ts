import { Candidate, Request, Verdict, decimal, highest } from "genie-cni/sdk";

/**
 * The network with the most Mbit/s free scores 1, one with half as many 0.5. One whose capacity nobody stated is the
 * last resort.
 */
export function score(request: Request): Verdict[] {
  request.settings.allow(["rejectBelowMbps"]);
  const rejectBelowMbps = request.settings.number("rejectBelowMbps", 0);
  const free = request.candidates.map<f64>((candidate) => freeMbps(candidate));
  const most = highest(free);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < free.length; i++) {
    if (free[i] < rejectBelowMbps) verdicts.push(Verdict.reject(`only ${decimal(free[i])} Mbit/s free`));
    else verdicts.push(Verdict.score(free[i] > 0 ? free[i] / most : 0));
  }
  return verdicts;
}

/** Links carry both directions at once, so the busier one counts. What nobody measured, nobody uses. */
function freeMbps(candidate: Candidate): f64 {
  let busy: f64 = 0;
  if (candidate.kpi("received-mbps") > busy) busy = candidate.kpi("received-mbps");
  if (candidate.kpi("sent-mbps") > busy) busy = candidate.kpi("sent-mbps");
  return max(candidate.kpi("capacity-mbps") - busy, 0);
}
