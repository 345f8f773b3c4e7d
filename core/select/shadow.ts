import type { ModuleSource, Sandbox } from "../sandbox/port.ts";
import { type Cast, type Part, promote } from "./cast.ts";
import { type CourseResult, runCourse } from "./course.ts";
import type { ModuleRun } from "./decision.ts";
import type { ModuleResult } from "./outcome.ts";
import { type CourseOptions, toRun } from "./part.ts";

/**
 * Finds out for each shadow what would have been decided had it enforced: the whole way through the modules again,
 * with the answers that are known. All of them together get `shadowDeadlineMs`, and none can fail the decision.
 */
export async function runShadows(options: ShadowOptions): Promise<readonly ModuleRun[]> {
  const { cast, question, ports } = options;
  const { shadowDeadlineMs } = question.selection;
  const { promise: end, resolve } = Promise.withResolvers<"late">();
  const stop = new AbortController();
  // Loading has a longer deadline of its own, and a process that outlives the decision keeps the pod waiting.
  const timer = setTimeout(() => {
    resolve("late");
    stop.abort();
  }, shadowDeadlineMs);
  const source: ModuleSource = { load: (module, kind) => ports.source.load(module, kind, stop.signal) };
  const bounded = { ...options, ports: { ...ports, source } };
  const endAtMs = ports.nowMs() + shadowDeadlineMs;
  const runs: ModuleRun[] = [];
  try {
    for (const shadow of cast.shadows) {
      const startedMs = ports.nowMs();
      const run = await Promise.race([runShadow(shadow, bounded, endAtMs), end]);
      if (run === "late" || (run === undefined && ports.nowMs() >= endAtMs)) {
        const detail = `all shadows have ${shadowDeadlineMs} ms, also to be prepared: geniectl pull does that before`;
        const result = { outcome: "timeout", detail } as const;
        return [...runs, toRun(shadow, { result, ms: ports.nowMs() - startedMs })];
      }
      if (run !== undefined) runs.push(run);
    }
    return runs;
  } finally {
    clearTimeout(timer);
  }
}

export interface ShadowOptions extends Omit<CourseOptions, "deadlineAt"> {
  /** What was decided. */
  readonly real: CourseResult;
}

/** @returns undefined when nobody came to ask it: all was rejected before, or a selector's scorers failed. */
async function runShadow(
  shadow: Part,
  { real, cast, ...options }: ShadowOptions,
  endAtMs: number,
): Promise<ModuleRun | undefined> {
  if (shadow.pass !== undefined) return toRun(shadow, { result: shadow.pass, ms: 0 });
  const course = { ...options, cast: promote(shadow, cast), deadlineAt: () => endAtMs };
  const { modules, ranking: ranked } = await runCourse(course);
  const run = modules.find(({ at }) => at === shadow.at);
  if (run === undefined) return undefined;
  if (run.outcome !== "ok") return { ...run, mode: "shadow" };
  const ranking = ranked.map(({ network }) => network);
  const differs = isOther(ranking, real, options.question.request.count);
  return { ...run, mode: "shadow", shadow: { differs, ranking } };
}

/** Would the pod have got other networks, or the same in another order? */
function isOther(ranking: readonly string[], { ranking: real }: CourseResult, count: number): boolean {
  const got = real.slice(0, count).map(({ network }) => network);
  const instead = ranking.slice(0, count);
  return instead.length !== got.length || instead.some((network, at) => network !== got[at]);
}

/** A sandbox that is asked each question once: a module that is asked again what it was asked answers the same. */
export function rememberAnswers(sandbox: Sandbox): Sandbox {
  const answerByQuestion = new Map<string, Promise<ModuleResult<unknown>>>();
  const once = (question: unknown, ask: () => Promise<ModuleResult<unknown>>) => {
    const key = JSON.stringify(question, (_, value: unknown) =>
      typeof value === "bigint" ? String(value) : value,
    );
    const known = answerByQuestion.get(key) ?? ask();
    answerByQuestion.set(key, known);
    return known;
  };
  return {
    load: (module) => sandbox.load(module),
    score: (digest, request, ms) => once([digest, request], () => sandbox.score(digest, request, ms)),
    select: (digest, question, ms) => once([digest, question], () => sandbox.select(digest, question, ms)),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
}

/** Whether anything is to be remembered for. */
export function hasShadows({ shadows }: Cast): boolean {
  return shadows.some(({ pass }) => pass === undefined);
}
