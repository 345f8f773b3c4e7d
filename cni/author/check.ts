import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { ModuleFailure } from "../../core/select/outcome.ts";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import { findFault, findModuleFault } from "../../core/wasm/component.ts";
import { type Fault, formatFault } from "../../core/wasm/fault.ts";
import { type Finding, ok, problem, warning } from "../doctor/check.ts";
import { checkMetadata } from "./check-metadata.ts";
import { makeSampleQuestion, planSample } from "./sample.ts";
import { findComponentKind } from "./subject.ts";
import { openTrial, prepareTrial, type Trial, type TrialLimits } from "./trial.ts";

export interface CheckOptions {
  readonly kind: ModuleKind | undefined;
  readonly limits: TrialLimits;
  /** Of the made-up question, as JSON, when they aren't made up, too. */
  readonly settings: string | undefined;
}

type Sample = ReturnType<typeof planSample>;

/** The candidates of the made-up question. */
const CANDIDATES = 10;

/** Would a node take this component, and if not, why, and what does its author do? Ends where nothing more can be told. */
export async function* checkComponent(
  component: Uint8Array,
  options: CheckOptions,
): AsyncGenerator<Finding, void> {
  const fault = findFault(component);
  if (fault !== undefined) return yield toProblem("component", fault);
  yield ok("component", `${component.byteLength} bytes, no import`);
  const kind = options.kind ?? findComponentKind(component) ?? findFittingKind(component);
  if (kind === undefined) return yield* listWorldProblems(component);
  const worldFault = findModuleFault(kind, component);
  if (worldFault !== undefined) return yield toKindProblem(component, kind) ?? toProblem("world", worldFault);
  yield ok("world", kind);
  const sample = planSample(component, options.settings);
  yield* checkMetadata(component, sample.settings);
  const startedMs = performance.now();
  const prepared = await prepareTrial({ component, kind });
  if (prepared.outcome !== "ok") return yield toFinding("preparing", prepared);
  yield ok("preparing", `${Math.round(performance.now() - startedMs)} ms, done when a node pulls it`);
  yield* checkAnswer(prepared.value, { limits: options.limits, sample });
}

async function* checkAnswer(
  module: PreparedModule,
  { limits, sample }: { limits: TrialLimits; sample: Sample },
): AsyncGenerator<Finding, void> {
  const opened = await openTrial(module, limits);
  if (opened.outcome !== "ok") return yield toFinding("loading", opened);
  await using trial = opened.value;
  yield ok("loading", `in a guest process, with ${limits.memoryMiB} MiB`);
  yield await askSample(trial, sample);
}

async function askSample(trial: Trial, sample: Sample): Promise<Finding> {
  const startedMs = performance.now();
  const result = await trial.ask(makeSampleQuestion({ ...sample, candidates: CANDIDATES }));
  const ms = (performance.now() - startedMs).toFixed(1);
  if (result.outcome === "ok") {
    const count = result.value.items.length;
    const what = result.value.kind === "scorer" ? "verdicts" : "choices";
    return ok(
      "answering",
      `${count} ${what} for ${CANDIDATES} made-up candidates in ${ms} ms, the first call`,
    );
  }
  if (result.outcome !== "error") return toFinding("answering", result);
  return warning("answering", {
    detail: `it answers a made-up question with the error: ${result.detail}`,
    todo: "give settings that it takes with --settings, or ask your own question with geniectl run",
  });
}

/** One that exports both kinds serves as either. */
function findFittingKind(component: Uint8Array): ModuleKind | undefined {
  return MODULE_KINDS.find((kind) => findModuleFault(kind, component) === undefined);
}

/** It fits neither world: told once where the reason is the same. */
function* listWorldProblems(component: Uint8Array): Generator<Finding, void> {
  const faults = MODULE_KINDS.map((kind) => ({ kind, fault: findModuleFault(kind, component) }));
  const [first, second] = faults;
  if (first?.fault !== undefined && first.fault.what === second?.fault?.what) {
    return yield toProblem("world", first.fault);
  }
  for (const { kind, fault } of faults) if (fault !== undefined) yield toProblem(`world ${kind}`, fault);
}

/** Undefined unless it's a module of the other kind. */
function toKindProblem(component: Uint8Array, wanted: ModuleKind): Finding | undefined {
  const kind = findComponentKind(component);
  if (kind === undefined || kind === wanted) return undefined;
  return problem("world", { detail: `it is a ${kind}, no ${wanted}`, todo: "leave --kind away" });
}

function toProblem(check: string, fault: Fault): Finding {
  return problem(check, { detail: formatFault(fault), todo: fault.todo });
}

const TODO_BY_OUTCOME: Readonly<Record<ModuleFailure["outcome"], string>> = {
  timeout: "make it faster, or have fewer things done at its start; --deadline-ms shows how long it takes",
  trap: "find what it runs into: an index out of range, a failed assertion, too deep a recursion; in JavaScript Date.now(), too",
  memory: "make it need less; --memory-mib shows how much it takes",
  badAnswer:
    "answer as selectors/wit/world.wit says: a verdict for each candidate, scores from 0 to 1; choices once each",
  wrongWorld: "build it for a world of selectors/wit/world.wit",
  notInStore: "pull it",
  error: "see what is said, and try again",
};

function toFinding(check: string, { outcome, detail }: ModuleFailure): Finding {
  return problem(check, { detail: `${outcome}: ${detail}`, todo: TODO_BY_OUTCOME[outcome] });
}
