import { Request, Verdict } from "genie-cni/sdk";

/** The cheapest network scores 1, one at twice its price 0.5, and so on. One without a price is the last resort. */
export function score(request: Request): Verdict[] {
  request.settings.allow([]);
  const prices = request.candidates.map<f64>((candidate) => candidate.kpi("price-per-hour"));
  const cheapest = prices.reduce<f64>((least, price) => (price < least ? price : least), Infinity);

  const verdicts: Verdict[] = [];
  for (let i = 0; i < prices.length; i++) {
    if (isNaN(prices[i])) verdicts.push(Verdict.score(0));
    else if (prices[i] <= 0) verdicts.push(Verdict.score(1));
    else verdicts.push(Verdict.score(max(cheapest, 0) / prices[i]));
  }
  return verdicts;
}
