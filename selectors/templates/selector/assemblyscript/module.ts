import { Choice, Request, Verdict, admitted, decimal, highestFirst } from "genie-cni/sdk";

/** The network with the most free addresses, then the next; those with a low score, and unmeasured ones, come last. */
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  request.settings.allow(["minScore"]);
  const minScore = request.settings.number("minScore", 0);
  const free = request.kpis("free-addresses"); // NaN where nobody measured it; highestFirst puts that last

  const good: i32[] = [];
  const poor: i32[] = [];
  const positions = admitted(verdicts); // without what a scorer rejected
  for (let i = 0; i < positions.length; i++) {
    const isGood = verdicts[positions[i]].score >= minScore;
    (isGood ? good : poor).push(positions[i]);
  }
  const ranking = highestFirst(good, free).concat(highestFirst(poor, free));

  const choices: Choice[] = [];
  for (let i = 0; i < ranking.length; i++) {
    const count = free[ranking[i]];
    const reason = isNaN(count) ? "free addresses unknown" : `${decimal(count)} free addresses`;
    choices.push(new Choice(ranking[i], reason));
  }
  return choices;
}
