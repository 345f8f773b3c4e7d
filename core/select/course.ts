import type { FoundModule, ModuleSource, Sandbox } from "../sandbox/port.ts";
import { checkChoices, checkVerdicts } from "./answer.ts";
import type { Cast, Part } from "./cast.ts";
import type { Decision, ModuleAnswer, ModuleRun, Pass } from "./decision.ts";
import { planFallback } from "./fallback.ts";
import { showWorkload } from "./grants.ts";
import type { ModuleResult } from "./outcome.ts";
import type { Question } from "./question.ts";
import type { Choice, SelectionRequest } from "./request.ts";
import {
  addVerdicts,
  rankByChoice,
  rankByScore,
  type Standings,
  toStandings,
  toVerdicts,
} from "./standing.ts";

export interface PipelinePorts {
  readonly source: ModuleSource;
  readonly sandbox: Sandbox;
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Modules that one decision has taken from the store into the guest, by kind and reference; or why it couldn't. */
export type Loaded = Map<string, ModuleResult<FoundModule>>;

/** What has happened so far in one way through the modules. */
interface Course extends CourseOptions {
  readonly runs: ModuleRun[];
  held: Standings;
  deadlineAtMs: number;
}

export interface CourseOptions {
  readonly question: Question;
  readonly cast: Cast;
  readonly ports: PipelinePorts;
  readonly loaded: Loaded;
  /** When the deadline is, once the modules are loaded. */
  readonly deadlineAt: (nowMs: number) => number;
}

export type Finding = Pick<Decision, "ranking" | "rejected" | "decidedBy" | "refusal" | "modules">;

/**
 * Asks the scorers in their order, then the selector. One failing module hands the whole decision to the
 * fallback; what healthy scorers rejected stays rejected. A canary that fails is as if it weren't there.
 * Source: design, "What happens with what comes back".
 */
export async function runCourse(options: CourseOptions): Promise<Finding> {
  const held = toStandings(options.question.request.candidates);
  const course: Course = { ...options, runs: [], held, deadlineAtMs: Infinity };
  const finding = await runModules(course);
  return { ...finding, rejected: course.held.rejected, modules: course.runs };
}

type Conclusion = Omit<Finding, "rejected" | "modules">;

async function runModules(course: Course): Promise<Conclusion> {
  const { cast, ports } = course;
  const failed = new Set(await loadAll(course));
  course.deadlineAtMs = course.deadlineAt(ports.nowMs());
  for (const scorer of cast.scorers) {
    // After a failure the scores are of no use, but a scorer that must not fail still has to reject what it rejects.
    if (failed.has(scorer) || (listGrave(failed).length > 0 && !mustNotFail(scorer))) continue;
    if (!(await runScorer(scorer, course))) failed.add(scorer);
    if (course.held.standings.length === 0) {
      return { ranking: [], decidedBy: "scores", refusal: "everyCandidateRejected" };
    }
  }
  if (listGrave(failed).length > 0) return conclude(course, listGrave(failed));
  for (const selector of cast.selectors) {
    if (failed.has(selector)) continue;
    const choices = await runSelector(selector, course);
    if (choices !== undefined) return { ranking: rankByChoice(choices, course.held), decidedBy: "selector" };
    if (selector.mode === "enforce") return conclude(course, [selector]);
  }
  if (course.held.weightSum === 0) return conclude(course, []);
  return { ranking: rankByScore(course.held), decidedBy: "scores" };
}

/** Those whose failure hands the decision to the fallback. */
function listGrave(failed: ReadonlySet<Part>): readonly Part[] {
  return [...failed].filter(({ mode }) => mode === "enforce");
}

function mustNotFail({ mode, config }: Part): boolean {
  return mode === "enforce" && config.onFailure === "fail";
}

/** Takes every module from the store into the guest. @returns those that can't be asked. */
async function loadAll(course: Course): Promise<readonly Part[]> {
  const { cast, ports } = course;
  const loading = [...cast.scorers, ...cast.selectors].map(async (part) => {
    const startedMs = ports.nowMs();
    const result = part.pass ?? (await load(part, course));
    return { part, result, ms: ports.nowMs() - startedMs };
  });
  return (await Promise.all(loading)).flatMap(({ part, result, ms }) => {
    if (result.outcome === "ok") return [];
    course.runs.push(toRun(part, { result, ms }));
    return [part];
  });
}

async function load(part: Part, { ports, loaded }: Course): Promise<ModuleResult<FoundModule>> {
  const { kind, config } = part;
  const known = loaded.get(keyOf(part));
  if (known !== undefined) return known;
  const found = await ports.source.load(config.module, kind);
  const taken = found.outcome === "ok" ? await ports.sandbox.load(found.value) : found;
  const result = taken.outcome === "ok" ? found : taken;
  loaded.set(keyOf(part), result);
  return result;
}

function keyOf({ kind, config }: Part): string {
  return `${kind} ${config.module}`;
}

/** @returns false when the scorer failed. */
async function runScorer(part: Cast["scorers"][number], course: Course): Promise<boolean> {
  const { digest, config } = part;
  const { reasonBytes } = course.question.selection.limits;
  const request = toRequest(part, course);
  const verdicts = await ask(part, course, {
    call: async (leftMs) => {
      const answer = await course.ports.sandbox.score(digest, request, leftMs);
      return answer.outcome === "ok" ? checkVerdicts(answer.value, request, reasonBytes) : answer;
    },
    note: (said) => Object.fromEntries(said.map(({ val }, at) => [request.candidates[at]?.network, val])),
  });
  if (verdicts === undefined) return false;
  course.held = addVerdicts(course.held, { digest, weight: config.weight, verdicts });
  return true;
}

/** @returns undefined when the selector failed. */
async function runSelector(part: Part, course: Course): Promise<readonly Choice[] | undefined> {
  const { reasonBytes } = course.question.selection.limits;
  const request = toRequest(part, course);
  const question = { request, verdicts: toVerdicts(course.held) };
  return await ask(part, course, {
    call: async (leftMs) => {
      const answer = await course.ports.sandbox.select(part.digest, question, leftMs);
      return answer.outcome === "ok" ? checkChoices(answer.value, request, reasonBytes) : answer;
    },
    note: (said) =>
      said.map(({ candidate, reason }) => [request.candidates[candidate]?.network ?? "", reason] as const),
  });
}

interface Asking<T> {
  readonly call: (leftMs: number) => Promise<ModuleResult<T>>;
  readonly note: (said: T) => ModuleAnswer;
}

/** Runs one call within what is left of the deadline and notes how it went. */
async function ask<T>(part: Part, course: Course, { call, note }: Asking<T>): Promise<T | undefined> {
  const { ports, runs } = course;
  const startedMs = ports.nowMs();
  const leftMs = course.deadlineAtMs - startedMs;
  const result = leftMs > 0 ? await call(leftMs) : late;
  const ms = ports.nowMs() - startedMs;
  if (result.outcome === "ok") {
    runs.push({ ...toRun(part, { result, ms }), answer: note(result.value) });
    return result.value;
  }
  runs.push(toRun(part, { result, ms }));
  if (part.mode === "canary") await forget(leftMs, course);
  return undefined;
}

const late: Pass = {
  outcome: "timeout",
  detail: "the modules before it used up the deadline",
  notAsked: "late",
};

/** Neither the time of a canary that failed counts, nor that of a new guest in place of the one that it broke. */
async function forget(leftMs: number, course: Course): Promise<void> {
  const { cast, ports, loaded } = course;
  for (const part of [...cast.scorers, ...cast.selectors]) {
    const taken = loaded.get(keyOf(part));
    if (taken?.outcome === "ok") await ports.sandbox.load(taken.value);
  }
  course.deadlineAtMs = ports.nowMs() + leftMs;
}

/** Nobody else decides: the fallback does, unless a module failed and the admin wants the pod to fail then. */
function conclude({ question, held }: Course, failed: readonly Part[]): Conclusion {
  if (question.mayFail && failed.some(mustNotFail)) {
    return { ranking: [], decidedBy: "fallback", refusal: "moduleMustNotFail" };
  }
  const left = held.standings.map(({ candidate }) => candidate.network);
  return { ranking: planFallback(left, question), decidedBy: "fallback" };
}

function toRequest(part: Part, { question, held, loaded }: Course): SelectionRequest {
  const candidates = held.standings.map(({ candidate }) => candidate);
  const found = loaded.get(keyOf(part));
  const declared = found?.outcome === "ok" ? found.value.declared : undefined;
  const workload = showWorkload(question.request.workload, part.config, declared);
  return { ...question.request, workload, candidates, settings: JSON.stringify(part.config.settings) };
}

/** What the record says of one module. */
export function toRun(
  { at, digest, kind, mode }: Part,
  { result, ms }: { result: ModuleResult<unknown> | Pass; ms: number },
): ModuleRun {
  const detail = result.outcome === "ok" ? "" : result.detail;
  const notAsked = "notAsked" in result ? { notAsked: result.notAsked } : {};
  return { at, digest, kind, mode, outcome: result.outcome, detail, ms, ...notAsked };
}
