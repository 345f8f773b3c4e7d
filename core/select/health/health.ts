import type { AddPorts } from "../../ports.ts";
import type { Sandbox } from "../../sandbox/port.ts";
import { planCast } from "../cast.ts";
import type { Decision } from "../decision.ts";
import { decide } from "../pipeline.ts";
import type { Question } from "../question.ts";
import { type HealthEvent, noteRuns } from "./note.ts";
import { planTrials, toFindPass } from "./pass.ts";

/** The modules decide. Those that keep failing are passed over, and what the modules did is remembered. */
export async function decideHealthily(
  question: Question,
  sandbox: Sandbox,
  { health, clock, log, modules }: Pick<AddPorts, "health" | "clock" | "log" | "modules">,
): Promise<Decision> {
  const { selection, request } = question;
  const { namespace } = request.workload;
  const book = await health.read();
  const nowMs = clock.wallMs();
  const { trials } = planTrials(book, { selection, namespace, nowMs });
  if (trials.length > 0) {
    await health.update((latest) => planTrials(latest, { selection, namespace, nowMs }).book);
  }
  const cast = planCast(question, toFindPass(book, namespace, nowMs));
  const decision = await decide(question, { source: modules, sandbox, nowMs: clock.monotonicMs }, cast);
  await health.update((latest) => {
    const round = { selection, namespace, nowMs: clock.wallMs(), trials };
    const noted = noteRuns(latest, decision.modules, round);
    for (const { what, digest, detail } of noted.events) log.warn({ digest, detail }, WORDS[what]);
    return noted.book;
  });
  for (const { digest, mode, outcome, detail, notAsked } of decision.modules) {
    if (outcome === "ok" || mode === "shadow" || notAsked === "circuit" || notAsked === "halted") continue;
    log.warn({ digest, outcome, detail }, "a module failed");
  }
  return decision;
}

const WORDS: Readonly<Record<HealthEvent["what"], string>> = {
  circuitOpened: "a module keeps failing and is left alone for a while",
  canaryHalted: "a canary is halted until its configuration changes: see geniectl modules",
  shadowDiffers: "a shadow module would have decided otherwise",
};
