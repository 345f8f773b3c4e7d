import { Choice, Request, Verdict, admitted, decimal, highestFirst, lowestFirst } from "genie-cni/sdk";

/**
 * The network from which the node receives least, then the next. Equals go by score; those that nobody measured come
 * last.
 */
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  request.settings.allow([]);
  const scores = verdicts.map<f64>((verdict) => verdict.score);
  const received = request.kpis("received-mbps");
  const ranking = lowestFirst(highestFirst(admitted(verdicts), scores), received);

  const choices: Choice[] = [];
  for (let i = 0; i < ranking.length; i++) {
    const rate = received[ranking[i]];
    const reason = isNaN(rate) ? "nobody measured it" : `receives ${decimal(rate)} Mbit/s`;
    choices.push(new Choice(ranking[i], reason));
  }
  return choices;
}
