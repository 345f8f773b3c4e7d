import type { FoundModule, ModuleSource, Sandbox } from "../sandbox/port.ts";
import { checkChoices, checkVerdicts } from "./answer.ts";
import type { Cast, Part } from "./cast.ts";
import type { ModuleAnswer, ModuleRun, Pass } from "./decision.ts";
import { showWorkload } from "./grants.ts";
import type { ModuleResult } from "./outcome.ts";
import type { Question } from "./question.ts";
import type { Choice, SelectionRequest } from "./request.ts";
import { addVerdicts, type Standings, toVerdicts } from "./standing.ts";

export interface PipelinePorts {
  readonly source: ModuleSource;
  readonly sandbox: Sandbox;
  /** Monotonic clock in milliseconds. */
  readonly nowMs: () => number;
}

/** Modules that one decision has taken from the store into the guest, by kind and reference; or why it couldn't. */
export type Loaded = Map<string, ModuleResult<FoundModule>>;

/** What has happened so far in one way through the modules. */
export interface Course extends CourseOptions {
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

/** Takes one module from the store into the guest, once in a decision. */
export async function loadPart(part: Part, { ports, loaded }: Course): Promise<ModuleResult<FoundModule>> {
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
export async function runScorer(part: Cast["scorers"][number], course: Course): Promise<boolean> {
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
export async function runSelector(part: Part, course: Course): Promise<readonly Choice[] | undefined> {
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
