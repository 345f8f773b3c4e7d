import type { Part } from "./cast.ts";
import type { Decision } from "./decision.ts";
import { planFallback, rankFirstFit } from "./fallback.ts";
import { type Course, type CourseOptions, loadPart, runScorer, runSelector, toRun } from "./part.ts";
import { rankStandIn } from "./stand-in.ts";
import { rankByChoice, rankByScore, toStandings } from "./standing.ts";

export type CourseResult = Pick<Decision, "ranking" | "rejected" | "decidedBy" | "refusal" | "modules">;

/**
 * Asks the scorers in their order, then the selector. One failing module hands the whole decision to the
 * fallback; what healthy scorers rejected stays rejected. A canary that fails is as if it weren't there.
 */
export async function runCourse(options: CourseOptions): Promise<CourseResult> {
  const held = toStandings(options.question.request.candidates);
  const course: Course = { ...options, runs: [], held, deadlineAtMs: Infinity };
  const finding = await runModules(course);
  return { ...finding, rejected: course.held.rejected, modules: course.runs };
}

type Conclusion = Omit<CourseResult, "rejected" | "modules">;

async function runModules(course: Course): Promise<Conclusion> {
  const { cast, ports } = course;
  const failed = new Set(await loadAll(course));
  course.deadlineAtMs = course.deadlineAt(ports.nowMs());
  for (const scorer of cast.scorers) {
    if (failed.has(scorer)) continue; // the others still reject what they reject, though their scores are of no use
    if (!(await runScorer(scorer, course))) failed.add(scorer);
    if (course.held.standings.length === 0) {
      return { ranking: [], decidedBy: "scores", refusal: "everyCandidateRejected" };
    }
  }
  if (listGrave(failed).length > 0) return fallBack(course, listGrave(failed));
  for (const selector of cast.selectors) {
    if (failed.has(selector)) continue;
    const choices = await runSelector(selector, course);
    if (choices !== undefined) return { ranking: rankByChoice(choices, course.held), decidedBy: "selector" };
    if (selector.mode === "enforce") return fallBack(course, [selector]);
  }
  const { held, question } = course;
  if (held.weightSum > 0) return { ranking: rankByScore(held), decidedBy: "scores" };
  return rankStandIn(
    held.standings.map(({ candidate }) => candidate),
    question,
  );
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
    const result = part.pass ?? (await loadPart(part, course));
    return { part, result, ms: ports.nowMs() - startedMs };
  });
  return (await Promise.all(loading)).flatMap(({ part, result, ms }) => {
    if (result.outcome === "ok") return [];
    course.runs.push(toRun(part, { result, ms }));
    return [part];
  });
}

/** A module failed: the fallback decides, unless the admin wants the pod to fail then. */
function fallBack({ question, held }: Course, failed: readonly Part[]): Conclusion {
  if (question.mayFail && failed.some(mustNotFail)) {
    return { ranking: [], decidedBy: "fallback", refusal: "moduleMustNotFail" };
  }
  const left = held.standings.map(({ candidate }) => candidate.network);
  return { ranking: planFallback(rankFirstFit(left), question), decidedBy: "fallback" };
}
