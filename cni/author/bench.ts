import type { Question } from "../../core/golden/answer.ts";
import type { PreparedModule } from "../../core/sandbox/port.ts";
import { Failure } from "../../core/errors.ts";
import { makeSampleQuestion, type SampleOptions } from "./sample.ts";
import { openTrial, type Trial, type TrialLimits } from "./trial.ts";

/**
 * Milliseconds that one module may take, by number of candidates: half of what the README, "What it costs", allows a
 * decision, which asks a scorer and a selector. No budget where none is stated.
 */
const BUDGETS: readonly { readonly candidates: number; readonly p50Ms?: number; readonly p99Ms?: number }[] =
  [
    { candidates: 1 },
    { candidates: 10, p50Ms: 0.25, p99Ms: 2 },
    { candidates: 100 },
    { candidates: 1000, p50Ms: 4 },
  ];

/** Calls that warm the compilers up, and are not counted. */
const WARM_UP = 50;

/** The longest that one number of candidates is measured, so that a slow module is told soon, too. */
const MEASURE_MS = 5_000;

/** The first calls of a cold guest must not end the measurement. */
const PATIENT_MS = 10_000;

export interface Latency {
  readonly candidates: number;
  readonly rounds: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly budget: { readonly p50Ms?: number; readonly p99Ms?: number };
}

export interface LatencyOptions {
  readonly rounds: number;
  readonly limits: TrialLimits;
  readonly sample: Omit<SampleOptions, "candidates">;
  readonly signal: AbortSignal;
}

/** How long one answer takes by number of candidates, with a fresh instance for each, the way to the guest included. */
export async function* measureLatency(
  module: PreparedModule,
  options: LatencyOptions,
): AsyncGenerator<Latency> {
  const { sample, limits } = options;
  for (const { candidates, ...budget } of BUDGETS) {
    await using trial = await requireTrial(module, { ...limits, deadlineMs: PATIENT_MS });
    const question = makeSampleQuestion({ ...sample, candidates });
    const durationsMs = await measureCalls(trial, question, options);
    yield {
      candidates,
      rounds: durationsMs.length,
      p50Ms: toMicros(findPercentile(durationsMs, 0.5)),
      p99Ms: toMicros(findPercentile(durationsMs, 0.99)),
      budget,
    };
  }
}

/** The smallest limit, in MiB by powers of two, under which the module answers; undefined when it needs more. */
export async function findMemoryNeed(
  module: PreparedModule,
  { limits, sample }: { limits: TrialLimits; sample: SampleOptions },
): Promise<number | undefined> {
  for (let memoryMiB = 1; memoryMiB < limits.memoryMiB * 2; memoryMiB *= 2) {
    const most = Math.min(memoryMiB, limits.memoryMiB);
    const opened = await openTrial(module, { ...limits, memoryMiB: most, deadlineMs: PATIENT_MS });
    if (opened.outcome !== "ok") continue;
    await using trial = opened.value;
    const { outcome } = await trial.ask(makeSampleQuestion(sample));
    if (outcome === "ok") return most;
  }
  return undefined;
}

async function requireTrial(module: PreparedModule, limits: TrialLimits): Promise<Trial> {
  const opened = await openTrial(module, limits);
  if (opened.outcome === "ok") return opened.value;
  throw toFailure(opened);
}

async function measureCalls(
  trial: Trial,
  question: Question,
  { rounds, signal }: LatencyOptions,
): Promise<readonly number[]> {
  const durationsMs: number[] = [];
  const endMs = performance.now() + MEASURE_MS;
  for (let round = -WARM_UP; round < rounds; round++) {
    signal.throwIfAborted();
    const startedMs = performance.now();
    const result = await trial.ask(question);
    const durationMs = performance.now() - startedMs;
    if (result.outcome !== "ok") throw toFailure(result);
    if (round >= 0) durationsMs.push(durationMs);
    if (performance.now() > endMs && durationsMs.length > 0) break;
  }
  return durationsMs;
}

function toFailure({ outcome, detail }: { outcome: string; detail: string }): Failure {
  return new Failure("moduleFailed", `it doesn't answer a made-up question: ${outcome}, ${detail}`, {
    details: "give settings that it takes with --settings, or see geniectl check",
  });
}

/** No clock here tells more. */
function toMicros(durationMs: number): number {
  return Math.round(durationMs * 1_000) / 1_000;
}

/** The value below which `share` (0 to 1) of the values lie. */
function findPercentile(values: readonly number[], share: number): number {
  const order = values.toSorted((a, b) => a - b);
  return order[Math.min(order.length - 1, Math.floor(order.length * share))] ?? Number.NaN;
}
