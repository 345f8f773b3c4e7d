import { KPIS } from "../kpi/names.ts";
import type { Decision, ModuleRun } from "../select/decision.ts";
import { TRAFFIC_KPI } from "../select/traffic.ts";
import { listConfigured } from "../select/selection-config.ts";
import { listAdvantages, toDistinct } from "./kpi-text.ts";

/** Advantages that one message names. */
const MOST_FACTS = 3;
/** Networks, and rejections. */
const MOST_LISTED = 16;

/** `registry.example/genie/occupancy@sha256:…` is `occupancy` to people. */
export function nameModule({ at, digest }: ModuleRun, { question }: Decision): string {
  const module = listConfigured(question.selection)[at]?.config.module ?? digest;
  return module.replace(/(:[^/:@]*)?@.*$/, "").replace(/^.*\//, "");
}

/** What was chosen, over what, and why: `blue over red and 2 more: occupancy 12 % against 85 %`. */
export function describeChoice(decision: Decision): string {
  const { ranking, rejected, question } = decision;
  const { count, candidates } = question.request;
  const winners = ranking.slice(0, count).map(({ network }) => network);
  const isOut = (name: string) => winners.includes(name) || rejected.some(({ network }) => network === name);
  const ranked = ranking.slice(count).map(({ network }) => network);
  const unranked = candidates.map(({ network }) => network).filter((name) => !ranked.includes(name));
  const [rival, ...others] = [...ranked, ...unranked.filter((name) => !isOut(name))];
  const names = listTexts(winners);
  if (rival === undefined && rejected.length > 0) return `${names}, because ${describeRejections(decision)}`;
  if (rival === undefined) return `${names}, the only ${winners.length === 1 ? "network" : "networks"}`;
  const over = `${names} over ${rival}${others.length === 0 ? "" : ` and ${others.length} more`}`;
  const reason = describeReason(decision, rival);
  return reason === "" ? over : `${over}: ${reason}`;
}

/** `blue, green and red`, and the first ones where they are many. */
function listTexts(texts: readonly string[]): string {
  const more = texts.length - MOST_LISTED;
  const all = more > 0 ? [...texts.slice(0, MOST_LISTED), `${more} more`] : texts;
  const last = all.at(-1) ?? "";
  return all.length < 2 ? last : `${all.slice(0, -1).join(", ")} and ${last}`;
}

function describeRejections({ rejected }: Decision): string {
  return listTexts(
    rejected.map(({ network, reason }) => `${network} was rejected${reason === "" ? "" : ` (${reason})`}`),
  );
}

/** What decided: traffic; a selector's own words, and what scorers measure by, as far as their names tell; scores. */
function describeReason(decision: Decision, rival: string): string {
  const [best] = decision.ranking;
  if (best === undefined || decision.decidedBy === "fallback") return best?.reason ?? "";
  const said = decision.decidedBy === "selector" && best.reason !== "" ? [best.reason] : [];
  const told = [...said, ...listKnownAdvantages(decision, rival)];
  if (told.length > 0) return told.join(", ");
  const { score, reason } = decision.ranking.find(({ network }) => network === rival) ?? {};
  if (decision.decidedBy === "traffic" && reason === best.reason) return `both ${reason}, and it comes first`;
  if (decision.decidedBy !== "scores" || score === undefined || best.score === undefined) return best.reason;
  if (score === best.score) return `both have score ${score.toFixed(2)}, and it comes first`;
  return `score ${toDistinct([best.score, score], 2).join(" against ")}`;
}

/** Scorers that are called as a KPI are taken to measure by it. */
function listKnownAdvantages(decision: Decision, rival: string): readonly string[] {
  const { candidates } = decision.question.request;
  const find = (name: string | undefined) => candidates.find(({ network }) => network === name);
  const [ours, theirs] = [find(decision.ranking[0]?.network), find(rival)];
  if (ours === undefined || theirs === undefined) return [];
  const measured = listMeasured(decision);
  const known = listAdvantages(ours, theirs).filter(({ kpi }) => measured.includes(kpi));
  return known.slice(0, MOST_FACTS).map(({ text }) => text);
}

function listMeasured(decision: Decision): readonly string[] {
  if (decision.decidedBy === "traffic") return [TRAFFIC_KPI];
  const spoke = decision.modules.filter(({ mode, outcome }) => mode !== "shadow" && outcome === "ok");
  const names = spoke.map((run) => nameModule(run, decision));
  return Object.keys(KPIS).filter((kpi) => names.some((name) => kpi === name || kpi.startsWith(`${name}-`)));
}
