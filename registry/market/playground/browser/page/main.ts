/** A module in the visitor's browser: candidates with sliders for their KPIs, and the ranking that it makes of them. */
import * as z from "zod";
import type { GoldenCase } from "../../../../../core/golden/case.ts";
import type { ToldModule } from "../../told.ts";
import { setBusy, showAnswer, showFailure } from "./answer-view.ts";
import { Asking } from "./asking.ts";
import { find } from "./dom.ts";
import { Editor } from "./editor.ts";
import { loadModule, UnusableModule } from "./load-module.ts";
import { ModuleFrame } from "./module-frame.ts";

z.config({ jitless: true }); // it would make functions out of text, which the page's policy forbids

async function run(place: HTMLElement): Promise<void> {
  const { base = "", query = "", digest = "", frame: frameUrl = "" } = place.dataset;
  const response = await fetch(`${base}/module.json${query}`);
  if (!response.ok) throw new UnusableModule((await response.text()).slice(0, 500));
  const told = (await response.json()) as ToldModule; // of our own server
  const { order, isDigestChecked } = await loadModule({ base, query, digest }, told.kind);
  find("unchecked", HTMLElement).hidden = isDigestChecked;
  const asking = new Asking(new ModuleFrame(place, frameUrl, order), { show: showAnswer, setBusy });
  new Editor(told, (question: GoldenCase | undefined) => {
    if (question === undefined) asking.drop();
    else asking.want(question);
  });
  place.dataset["state"] = "running";
}

const place = find("playground", HTMLElement);
try {
  await run(place);
} catch (error) {
  place.dataset["state"] = "failed";
  if (!(error instanceof UnusableModule)) {
    showFailure("The playground doesn't work here.", "The browser's console tells more.");
    throw error;
  }
  find("result", HTMLElement).dataset["outcome"] = error.outcome;
  showFailure(error.message);
}
