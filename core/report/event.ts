import type { PodEvent } from "../cluster.ts";
import { listSome } from "../errors.ts";
import { KPIS } from "../kpi/names.ts";
import { toLine } from "../printable.ts";
import type { Decision, ModuleRun } from "../select/decision.ts";
import { listConfigured } from "../select/selection-config.ts";
import { listAdvantages } from "./kpi-text.ts";

/** Kubernetes keeps no more of a message. */
const MAX_LENGTH = 1024;
/** Advantages that one message names. */
const MOST_FACTS = 3;

/**
 * What a person who looks at the pod is told of one decision: `Genie chose blue over red: occupancy 12 % against 85 %`.
 *
 * @returns undefined where nobody chose, or nothing could be chosen: then the pod's failure says why.
 */
export function toEvent(decision: Decision): PodEvent | undefined {
  const { decidedBy, ranking, modules } = decision;
  if (decidedBy === "explicit" || decidedBy === "default" || ranking.length === 0) return undefined;
  const failed = decidedBy === "fallback" ? modules.find(isDecisive) : undefined;
  const chosen = `Genie chose ${describeChoice(decision)}`;
  if (failed === undefined) return toPodEvent("Normal", "NetworkChosen", chosen);
  const why = `${nameModule(failed, decision)} failed (${failed.outcome}: ${failed.detail})`;
  return toPodEvent("Warning", "NetworkFallback", `${chosen}, because ${why}`);
}

function toPodEvent(type: PodEvent["type"], reason: string, text: string): PodEvent {
  return { type, reason, message: toLine(text).slice(0, MAX_LENGTH) };
}

/** Its failure made the fallback decide. */
function isDecisive({ mode, outcome }: ModuleRun): boolean {
  return mode === "enforce" && outcome !== "ok";
}

/** `registry.example/genie/occupancy@sha256:…` is `occupancy` to people. */
function nameModule({ at, digest }: ModuleRun, { question }: Decision): string {
  const module = listConfigured(question.selection)[at]?.config.module ?? digest;
  return module.replace(/(:[^/:@]*)?@.*$/, "").replace(/^.*\//, "");
}

function describeChoice(decision: Decision): string {
  const { ranking, rejected, question } = decision;
  const { count, candidates } = question.request;
  const winners = ranking.slice(0, count).map(({ network }) => network);
  const isOut = (name: string) => winners.includes(name) || rejected.some(({ network }) => network === name);
  const ranked = ranking.slice(count).map(({ network }) => network);
  const unranked = candidates.map(({ network }) => network).filter((name) => !ranked.includes(name));
  const [rival, ...others] = [...ranked, ...unranked.filter((name) => !isOut(name))];
  const names = listSome(winners, " and ");
  if (rival === undefined) return `${names}${describeRejections(decision)}`;
  const more = others.length === 0 ? "" : ` and ${others.length} more`;
  return `${names} over ${rival}${more}: ${describeReason(decision, rival)}`;
}

function describeRejections({ rejected }: Decision): string {
  if (rejected.length === 0) return ", the only network";
  const reasons = rejected.map(({ network, reason }) => `${network} was rejected (${reason})`);
  return `: ${listSome(reasons, ", ")}`;
}

/** What decided: a selector's own words; else what the modules measure by, as far as their names tell. */
function describeReason(decision: Decision, rival: string): string {
  const [best] = decision.ranking;
  if (best === undefined || decision.decidedBy === "fallback") return best?.reason ?? "";
  const advantages = listKnownAdvantages(decision, rival);
  const said = decision.decidedBy === "selector" ? [best.reason] : [];
  if (said.length + advantages.length > 0) return [...said, ...advantages].join(", ");
  const score = decision.ranking.find(({ network }) => network === rival)?.score;
  const scores = [best.score, score].map((one) => one?.toFixed(2));
  return score === undefined ? best.reason : `score ${scores.join(" against ")}`;
}

/** Scorers that are called as a KPI are taken to measure by it; where none is, the first advantage has to do. */
function listKnownAdvantages(decision: Decision, rival: string): readonly string[] {
  const { candidates } = decision.question.request;
  const find = (name: string | undefined) => candidates.find(({ network }) => network === name);
  const [ours, theirs] = [find(decision.ranking[0]?.network), find(rival)];
  if (ours === undefined || theirs === undefined) return [];
  const all = listAdvantages(ours, theirs);
  const measured = listMeasured(decision);
  const named = all.filter(({ kpi }) => measured.includes(kpi));
  const facts = measured.length > 0 || decision.decidedBy === "selector" ? named : all.slice(0, 1);
  return facts.slice(0, MOST_FACTS).map(({ text }) => text);
}

function listMeasured(decision: Decision): readonly string[] {
  const spoke = decision.modules.filter(({ mode, outcome }) => mode !== "shadow" && outcome === "ok");
  const names = spoke.map((run) => nameModule(run, decision));
  return Object.keys(KPIS).filter((kpi) => names.some((name) => kpi === name || kpi.startsWith(`${name}-`)));
}
