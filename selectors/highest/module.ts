import { Choice, Request, Verdict, admitted, decimal, highestFirst } from "genie-cni/sdk";

/** Every network that no scorer rejected, best score first; equals stay in the order of the configuration. */
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  request.settings.allow([]);
  const scores = verdicts.map<f64>((verdict) => verdict.score);
  const ranking = highestFirst(admitted(verdicts), scores);

  const choices: Choice[] = [];
  for (let i = 0; i < ranking.length; i++) {
    choices.push(new Choice(ranking[i], `score ${decimal(scores[ranking[i]])}`));
  }
  return choices;
}
