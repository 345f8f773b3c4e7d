import { Request, Verdict, lowest } from "genie-cni/sdk";

/** The cheapest network scores 1, one at twice its price 0.5, and so on. One without a price is the last resort. */
export function score(request: Request): Verdict[] {
  request.settings.allow([]);
  const prices = request.kpis("price-per-hour");
  const cheapest = max(lowest(prices), 0);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < prices.length; i++) {
    if (isNaN(prices[i])) verdicts.push(Verdict.score(0));
    else verdicts.push(Verdict.score(prices[i] > 0 ? cheapest / prices[i] : 1));
  }
  return verdicts;
}
