import { Request, Verdict, decimal, lowest } from "genie-cni/sdk";

/** The fastest network scores 1, one that takes twice as long 0.5. One that nobody measured is the last resort. */
export function score(request: Request): Verdict[] {
  request.settings.allow(["rejectAboveMs"]);
  const rejectAboveMs = request.settings.number("rejectAboveMs", Infinity);
  const latencies = request.kpis("latency-ms");
  const fastest = max(lowest(latencies), 0);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < latencies.length; i++) {
    if (isNaN(latencies[i])) verdicts.push(Verdict.score(0));
    else if (latencies[i] > rejectAboveMs)
      verdicts.push(Verdict.reject(`too slow: ${decimal(latencies[i])} ms`));
    else verdicts.push(Verdict.score(latencies[i] > 0 ? fastest / latencies[i] : 1));
  }
  return verdicts;
}
