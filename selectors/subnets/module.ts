import { Request, Verdict, highest } from "genie-cni/sdk";

/** The network with the most subnets scores 1, one with half as many 0.5. Where nobody counted them, it is 0. */
export function score(request: Request): Verdict[] {
  request.settings.allow([]);
  const subnets = request.kpis("subnets");
  const most = highest(subnets);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < subnets.length; i++) {
    verdicts.push(Verdict.score(subnets[i] > 0 ? subnets[i] / most : 0));
  }
  return verdicts;
}
