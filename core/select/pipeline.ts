import { type Cast, planCast } from "./cast.ts";
import { runCourse } from "./course.ts";
import type { Decision } from "./decision.ts";
import { type Loaded, type PipelinePorts, toRun } from "./part.ts";
import type { Question } from "./question.ts";
import { hasShadows, rememberAnswers, runShadows } from "./shadow.ts";

/** Decides with the modules that count, then sees what the shadows would have changed. */
export async function decide(
  question: Question,
  ports: PipelinePorts,
  cast: Cast = planCast(question),
): Promise<Decision> {
  const startedMs = ports.nowMs();
  const sandbox = hasShadows(cast) ? rememberAnswers(ports.sandbox) : ports.sandbox;
  const loaded: Loaded = new Map();
  const course = { question, cast, loaded, ports: { ...ports, sandbox } };
  const { deadlineMs } = question.selection;
  const real = await runCourse({ ...course, deadlineAt: (nowMs) => nowMs + deadlineMs });
  const ms = ports.nowMs() - startedMs;
  const halted = cast.halted.flatMap((part) =>
    part.pass === undefined ? [] : [toRun(part, { result: part.pass, ms: 0 })],
  );
  const shadows = cast.shadows.length === 0 ? [] : await runShadows({ ...course, real });
  const modules = [...real.modules, ...halted, ...shadows];
  return { ...real, modules, question, ms };
}
