import { Choice, Request, Verdict, admitted, chance, decimal, highest, highestFirst } from "genie-cni/sdk";

/**
 * Draws a network for each pod: with twice the score, a network gets twice the pods. The seed is the pod's own, so it
 * draws the same network again, and a network that is added or gone moves few others.
 * Source: Efraimidis and Spirakis, "Weighted random sampling with a reservoir".
 */
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  request.settings.allow([]);
  const scores = verdicts.map<f64>((verdict) => verdict.score);
  const isScored = highest(scores) > 0;

  const tickets = new Array<f64>(scores.length);
  for (let i = 0; i < tickets.length; i++) {
    const weight = isScored ? scores[i] : 1;
    tickets[i] = Math.log(chance(request.seed, request.candidates[i].network)) / weight;
  }
  const ranking = highestFirst(admitted(verdicts), tickets);

  const choices: Choice[] = [];
  for (let i = 0; i < ranking.length; i++) {
    choices.push(new Choice(ranking[i], `drawn by lot, score ${decimal(scores[ranking[i]])}`));
  }
  return choices;
}
