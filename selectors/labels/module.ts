import { Request, Verdict, fail } from "genie-cni/sdk";

/**
 * Networks whose attributes are what the pod's labels say, for the pairs in `match`. A pod without such a label is at
 * home everywhere. `mode`: a network that doesn't match is rejected, or gets the share that does as its score.
 */
export function score(request: Request): Verdict[] {
  const settings = request.settings;
  settings.allow(["match", "mode"]);
  const mode = settings.text("mode", "reject");
  if (mode != "reject" && mode != "prefer") return fail<Verdict>("setting mode must be reject or prefer");

  const labels = settings.names("match");
  const verdicts: Verdict[] = [];
  for (let i = 0; i < request.candidates.length; i++) {
    let asked: f64 = 0;
    let matched: f64 = 0;
    let mismatch = "";
    for (let l = 0; l < labels.length; l++) {
      const attribute = settings.text(`match.${labels[l]}`, "");
      const wanted = request.workload.label(labels[l]);
      if (wanted == "") continue;
      asked++;
      if (request.candidates[i].attribute(attribute) == wanted) matched++;
      else if (mismatch == "") mismatch = `${attribute} is not ${wanted}`;
    }
    if (matched < asked && mode == "reject") verdicts.push(Verdict.reject(mismatch));
    else verdicts.push(Verdict.score(asked > 0 ? matched / asked : 1));
  }
  return verdicts;
}
