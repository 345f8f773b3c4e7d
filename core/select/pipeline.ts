import type { ModuleSource, Sandbox } from "../sandbox/port.ts";
import { checkChoices, checkVerdicts } from "./answer.ts";
import type { Decision, ModuleRun, Ranked, Rejected } from "./decision.ts";
import { planFallback } from "./fallback.ts";
import { showWorkload } from "./grants.ts";
import { digestInputs } from "./inputs.ts";
import type { ModuleResult } from "./outcome.ts";
import type { PodKeys } from "./pod-keys.ts";
import type { Question } from "./question.ts";
import type { Candidate, Choice, ModuleKind, SelectionRequest } from "./request.ts";
import type { ModuleConfig, ScorerConfig } from "./selection-config.ts";

export interface PipelinePorts {
  readonly source: ModuleSource;
  readonly sandbox: Sandbox;
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** A candidate that no scorer has rejected so far. */
interface Standing {
  readonly candidate: Candidate;
  readonly weightedSum: number;
}

/** What has happened so far in one decision. */
interface Course {
  readonly question: Question;
  readonly ports: PipelinePorts;
  readonly runs: ModuleRun[];
  readonly rejected: Rejected[];
  /** What each module that was loaded asks to see of the pod. */
  readonly declaredBy: Map<ModuleConfig, PodKeys>;
  standings: readonly Standing[];
  deadlineAtMs: number;
}

type Finding = Pick<Decision, "ranking" | "decidedBy" | "refusal">;

/**
 * Asks the scorers in their order, then the selector. One failing module hands the whole decision to the
 * fallback; what healthy scorers rejected stays rejected. Source: design, "What happens with what comes back".
 */
export async function decide(question: Question, ports: PipelinePorts): Promise<Decision> {
  const startedMs = ports.nowMs();
  const standings = question.request.candidates.map((candidate) => ({ candidate, weightedSum: 0 }));
  const [runs, rejected, declaredBy]: [ModuleRun[], Rejected[], Course["declaredBy"]] = [[], [], new Map()];
  const course: Course = { question, ports, runs, rejected, declaredBy, standings, deadlineAtMs: Infinity };
  const finding = await runModules(course);
  const inputs = digestInputs(question);
  return { ...finding, modules: runs, rejected, inputs, ms: ports.nowMs() - startedMs };
}

async function runModules(course: Course): Promise<Finding> {
  const { scorers, selector, deadlineMs } = course.question.selection;
  const failed = new Set(await loadAll(course));
  course.deadlineAtMs = course.ports.nowMs() + deadlineMs;
  for (const scorer of scorers) {
    // After a failure the scores are of no use, but a scorer that must not fail still has to reject what it rejects.
    if (failed.has(scorer) || (failed.size > 0 && scorer.onFailure === "fallback")) continue;
    if (!(await runScorer(scorer, course))) failed.add(scorer);
    if (course.standings.length === 0) {
      return { ranking: [], decidedBy: "scores", refusal: "everyCandidateRejected" };
    }
  }
  if (failed.size > 0) return conclude(course, [...failed]);
  if (selector === undefined) return { ranking: rankByScore(course), decidedBy: "scores" };
  const choices = await runSelector(selector, course);
  if (choices === undefined) return conclude(course, [selector]);
  return { ranking: toRanking(choices, course), decidedBy: "selector" };
}

/** Takes every module from the store into the guest. @returns those that can't be asked. */
async function loadAll({ question, ports, runs, declaredBy }: Course): Promise<readonly ModuleConfig[]> {
  const { scorers, selector } = question.selection;
  const wanted: { config: ModuleConfig; kind: ModuleKind }[] = scorers.map((config) => ({
    config,
    kind: "scorer",
  }));
  if (selector !== undefined) wanted.push({ config: selector, kind: "selector" });
  const loading = wanted.map(async ({ config, kind }) => {
    const startedMs = ports.nowMs();
    const found = await ports.source.load(config.module, kind);
    const result = found.outcome === "ok" ? await ports.sandbox.load(found.value) : found;
    if (found.outcome === "ok") declaredBy.set(config, found.value.declared);
    if (result.outcome === "ok") return [];
    runs.push(toRun({ config, kind, result, ms: ports.nowMs() - startedMs }));
    return [config];
  });
  return (await Promise.all(loading)).flat();
}

/** @returns false when the scorer failed. */
async function runScorer(scorer: ScorerConfig, course: Course): Promise<boolean> {
  const { sandbox } = course.ports;
  const request = toRequest(scorer, course);
  const verdicts = await timed({ config: scorer, kind: "scorer", course }, async (leftMs) => {
    const answer = await sandbox.score(digestOf(scorer), request, leftMs);
    return answer.outcome === "ok" ? checkVerdicts(answer.value, request) : answer;
  });
  if (verdicts === undefined) return false;
  course.standings = course.standings.flatMap(({ candidate, weightedSum }, at) => {
    const verdict = verdicts[at];
    if (verdict === undefined) return [];
    if (verdict.tag === "score")
      return [{ candidate, weightedSum: weightedSum + scorer.weight * verdict.val }];
    course.rejected.push({ network: candidate.network, by: digestOf(scorer), reason: verdict.val });
    return [];
  });
  return true;
}

/** @returns undefined when the selector failed. */
async function runSelector(selector: ModuleConfig, course: Course): Promise<readonly Choice[] | undefined> {
  const { sandbox } = course.ports;
  const request = toRequest(selector, course);
  const verdicts = course.standings.map((standing) => ({
    tag: "score" as const,
    val: scoreOf(standing, course) ?? 0,
  }));
  return await timed({ config: selector, kind: "selector", course }, async (leftMs) => {
    const answer = await sandbox.select(digestOf(selector), { request, verdicts }, leftMs);
    return answer.outcome === "ok" ? checkChoices(answer.value, request) : answer;
  });
}

/** Runs one call within what is left of the deadline and notes how it went. */
async function timed<T>(
  { config, kind, course }: { config: ModuleConfig; kind: ModuleKind; course: Course },
  call: (leftMs: number) => Promise<ModuleResult<T>>,
): Promise<T | undefined> {
  const startedMs = course.ports.nowMs();
  const leftMs = course.deadlineAtMs - startedMs;
  const result = leftMs > 0 ? await call(leftMs) : late;
  course.runs.push(toRun({ config, kind, result, ms: course.ports.nowMs() - startedMs }));
  return result.outcome === "ok" ? result.value : undefined;
}

const late = { outcome: "timeout", detail: "the modules before it used up the deadline" } as const;

/** Modules failed: the fallback decides, unless the admin wants the pod to fail. */
function conclude({ question, standings }: Course, failed: readonly ModuleConfig[]): Finding {
  if (question.mayFail && failed.some(({ onFailure }) => onFailure === "fail")) {
    return { ranking: [], decidedBy: "fallback", refusal: "moduleMustNotFail" };
  }
  const left = standings.map(({ candidate }) => candidate.network);
  return { ranking: planFallback(left, question), decidedBy: "fallback" };
}

function rankByScore(course: Course): readonly Ranked[] {
  return course.standings
    .map((standing) => ({ network: standing.candidate.network, score: scoreOf(standing, course) ?? 0 }))
    .toSorted((a, b) => b.score - a.score)
    .map((one) => ({ ...one, reason: `score ${one.score.toFixed(2)}` }));
}

function toRanking(choices: readonly Choice[], course: Course): readonly Ranked[] {
  return choices.flatMap(({ candidate, reason }) => {
    const standing = course.standings[candidate];
    if (standing === undefined) return [];
    const score = scoreOf(standing, course);
    return [{ network: standing.candidate.network, ...(score === undefined ? {} : { score }), reason }];
  });
}

/** Weighted mean of the scores; undefined where no scorer is configured. */
function scoreOf({ weightedSum }: Standing, { question }: Course): number | undefined {
  const weights = question.selection.scorers.reduce((sum, { weight }) => sum + weight, 0);
  return weights === 0 ? undefined : weightedSum / weights;
}

function toRequest(config: ModuleConfig, { question, standings, declaredBy }: Course): SelectionRequest {
  const candidates = standings.map(({ candidate }) => candidate);
  const workload = showWorkload(question.request.workload, config, declaredBy.get(config));
  return { ...question.request, workload, candidates, settings: JSON.stringify(config.settings) };
}

function digestOf({ module }: ModuleConfig): string {
  return module.slice(module.lastIndexOf("@") + 1);
}

function toRun(run: {
  config: ModuleConfig;
  kind: ModuleKind;
  result: ModuleResult<unknown>;
  ms: number;
}): ModuleRun {
  const { config, kind, result, ms } = run;
  const detail = result.outcome === "ok" ? "" : result.detail;
  return { digest: digestOf(config), kind, mode: config.mode, outcome: result.outcome, detail, ms };
}
