import { Failure } from "../../core/errors.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import { checkComponent } from "./check.ts";
import { runGoldenCase } from "./golden/run.ts";
import { type Benched, measureModule } from "./measure.ts";
import { type Subject, requireKind } from "./subject.ts";
import { openTrial, prepareTrial, type TrialLimits } from "./trial.ts";

export interface Rehearsal {
  readonly subject: Subject;
  readonly kind: ModuleKind | undefined;
  /** None: the module isn't tested. */
  readonly cases: readonly GoldenCase[];
  readonly limits: TrialLimits;
  /** Of the made-up questions, as JSON, in place of made-up ones. */
  readonly settings: string | undefined;
  readonly rounds: number;
  readonly signal: AbortSignal;
  readonly onProgress: (text: string) => void;
}

export interface Rehearsed {
  /** What is well enough to publish and may still be better. */
  readonly warnings: readonly string[];
  readonly bench: Benched;
}

/**
 * Does with a module before it is published what its users will do: checks it, asks it its golden cases, measures it.
 * @throws {Failure} moduleFailed, with what a user would have run into
 */
export async function rehearse(rehearsal: Rehearsal): Promise<Rehearsed> {
  const warnings = await check(rehearsal);
  const { subject, limits, cases, signal, onProgress } = rehearsal;
  const { component, file } = subject;
  const startedMs = performance.now();
  const prepared = await prepareTrial({ component, kind: requireKind(subject, rehearsal.kind) });
  if (prepared.outcome !== "ok") throw failed(file, `${prepared.outcome}, ${prepared.detail}`);
  const prepareMs = performance.now() - startedMs;
  const opened = await openTrial(prepared.value, limits);
  if (opened.outcome !== "ok") throw failed(file, `${opened.outcome}, ${opened.detail}`);
  await using trial = opened.value;
  for (const golden of cases) {
    onProgress(`asking: ${golden.name} …`);
    const { passed, name, differences } = await runGoldenCase(golden, trial);
    signal.throwIfAborted();
    const [first] = differences;
    const difference = first && `${first.where}: expected ${first.expected}, got ${first.got}`;
    if (!passed) throw failed(file, `its golden case ${name} failed: ${difference ?? "it has no answer"}`);
  }
  const measured = await measureModule(prepared.value, { ...rehearsal, component });
  return { warnings, bench: { ...measured, prepareMs } };
}

async function check(rehearsal: Rehearsal): Promise<readonly string[]> {
  const { subject, kind, limits, settings, signal, onProgress } = rehearsal;
  const warnings: string[] = [];
  for await (const finding of checkComponent(subject.component, { kind, limits, settings })) {
    const { state, detail, todo } = finding;
    if (state === "problem") {
      throw new Failure("moduleFailed", `no node takes ${subject.file}: ${detail}`, { details: todo });
    }
    if (state === "warning") warnings.push(`${finding.check}: ${detail}; ${todo}`);
    onProgress(`checking: ${finding.check} …`);
    signal.throwIfAborted();
  }
  return warnings;
}

function failed(file: string, what: string): Failure {
  return new Failure("moduleFailed", `${file}: ${what}`, {
    details: `nothing is published; see geniectl test and geniectl check ${file}`,
  });
}
