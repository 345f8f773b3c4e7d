import {
  Candidate,
  Choice,
  Request,
  Settings,
  Verdict,
  admitted,
  decimal,
  highestFirst,
  lowestFirst,
} from "genie-cni/sdk";

/**
 * The cheapest network whose KPIs are within the admin's limits, then the next cheapest; after these the others,
 * best score first. A KPI that has a limit and was never measured is beyond it.
 */
export function select(request: Request, verdicts: Verdict[]): Choice[] {
  request.settings.allow(["atMost"]);
  const positions = admitted(verdicts);
  const within: i32[] = [];
  const beyond: i32[] = [];
  for (let i = 0; i < positions.length; i++) {
    if (isWithin(request.candidates[positions[i]], request.settings)) within.push(positions[i]);
    else beyond.push(positions[i]);
  }

  const prices = request.kpis("price-per-hour");
  const scores = verdicts.map<f64>((verdict) => verdict.score);
  const ranking = lowestFirst(within, prices).concat(highestFirst(beyond, scores));

  const choices: Choice[] = [];
  for (let i = 0; i < ranking.length; i++) {
    const price = decimal(prices[ranking[i]]);
    choices.push(
      new Choice(ranking[i], `price ${price}, ${i < within.length ? "within" : "beyond"} the limits`),
    );
  }
  return choices;
}

function isWithin(candidate: Candidate, settings: Settings): bool {
  const names = settings.names("atMost");
  for (let i = 0; i < names.length; i++) {
    const limit = settings.number(`atMost.${names[i]}`, 0);
    if (!(candidate.kpi(names[i]) <= limit)) return false;
  }
  return true;
}
