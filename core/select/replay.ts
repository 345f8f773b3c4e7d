import type { Decision } from "./decision.ts";
import type { Question } from "./question.ts";
import { type DecisionRecord, type RecordedRun, toQuestion } from "./record.ts";
import type { ModuleKind } from "./request.ts";
import { listConfigured, type ModuleConfig, toDigest } from "./selection-config.ts";

/** The module with which recorded decisions are made again. */
export interface Replacement {
  /** As a configuration would name it. */
  readonly reference: string;
  readonly kind: ModuleKind;
  /** The digest in whose place it comes; found by repository or kind where nobody says. */
  readonly inPlaceOf?: string | undefined;
}

/** Why a recorded decision can't be made again, or says nothing when it is. */
export const SKIPS = {
  noQuestion: "the record holds no question: it was too long, or no module was configured",
  noModule: "no module of this kind took part",
  ambiguous: "several modules of this kind took part: say with --for which one is replaced",
  failedThen: "a module had failed for time or memory, or wasn't asked",
  notInStore: "a module isn't in the store now: geniectl pull brings it, --store says where it is",
  failedNow: "a module failed for time or memory now",
} as const;

export type Skip = keyof typeof SKIPS;

/** Time makes no difference when a decision is made again; only loops are to end. */
const PATIENT_MS = 2_000;

/** What depends on the machine and the moment, and not on the question. */
function isOfTheMoment({ outcome, notAsked }: Pick<RecordedRun, "outcome" | "notAsked">): boolean {
  return ["timeout", "memory", "notInStore"].includes(outcome) || notAsked !== undefined;
}

/** The question of a record with another module in it; or why there is none. */
export function planReplay(record: DecisionRecord, replacement: Replacement): Question | Skip {
  const { question: recorded, modules } = record;
  const runs = modules.filter(({ mode, notAsked }) => mode !== "shadow" && notAsked !== "halted");
  if (recorded === undefined || recorded.candidates.length === 0) return "noQuestion";
  if (runs.some((run) => run.mode === "enforce" && isOfTheMoment(run))) return "failedThen";
  const question = toQuestion(recorded);
  const { selection } = question;
  const taken = new Set(runs.filter(isCountedCanary).map(({ at }) => at));
  const parts = listConfigured(selection)
    .map((one, at) => ({ ...one, at }))
    .filter(({ config, at }) => config.mode === "enforce" || taken.has(at));
  const sameKind = parts.filter(({ kind }) => kind === replacement.kind).map(({ config }) => config);
  const [replaced, ...others] = listReplaced(sameKind, replacement);
  if (replaced === undefined) return "noModule";
  if (others.length > 0) return "ambiguous";
  const change = <T extends ModuleConfig>(config: T): T => {
    const isIt = toDigest(config) === replaced;
    return { ...config, mode: "enforce", ...(isIt && { module: replacement.reference }) };
  };
  const scorers = parts.flatMap((part) => (part.kind === "scorer" ? [change(part.config)] : []));
  const selectors = parts.flatMap((part) => (part.kind === "selector" ? [part.config] : []));
  // A canary that answered came before the one that enforces.
  const selector = [selectors.find(({ mode }) => mode !== "enforce") ?? selectors[0] ?? []]
    .flat()
    .map(change);
  return { ...question, selection: { ...selection, scorers, selector, deadlineMs: PATIENT_MS } };
}

function isCountedCanary({ mode, outcome }: RecordedRun): boolean {
  return mode === "canary" && outcome === "ok";
}

/** The digests that may be meant: the one that is named, those of the same repository, or all. */
function listReplaced(
  configs: readonly ModuleConfig[],
  { reference, inPlaceOf }: Replacement,
): readonly string[] {
  const all = [...new Set(configs.map(toDigest))];
  if (inPlaceOf !== undefined) return all.filter((digest) => digest === inPlaceOf);
  const same = configs.filter(({ module }) => toRepository(module) === toRepository(reference));
  return same.length > 0 ? [...new Set(same.map(toDigest))] : all;
}

function toRepository(module: string): string {
  return module.slice(0, module.lastIndexOf("@"));
}

/** What another module would have changed for one pod. */
export interface Change {
  readonly id: string;
  readonly time: string;
  readonly containerId: string;
  readonly pod: DecisionRecord["pod"];
  /** The networks that it got; none where all were rejected. */
  readonly was: readonly string[];
  readonly wouldBe: readonly string[];
  readonly why: string;
}

/** Holds a decision that was made again against its record; undefined when the pod would have got the same. */
export function compareDecisions(record: DecisionRecord, decision: Decision): Change | Skip | undefined {
  if (decision.modules.some(({ outcome }) => outcome === "notInStore")) return "notInStore";
  if (decision.modules.some(isOfTheMoment)) return "failedNow";
  const { count } = decision.question.request;
  const [was, wouldBe] = [record.ranking, decision.ranking].map((ranking) =>
    ranking.slice(0, count).map(({ network }) => network),
  );
  if (was === undefined || wouldBe === undefined || was.join("\0") === wouldBe.join("\0")) return undefined;
  const { id, time, containerId, pod } = record;
  return { id, time, containerId, pod, was, wouldBe, why: explainRanking(decision) };
}

function explainRanking({ ranking, rejected, modules, decidedBy }: Decision): string {
  const failed = modules.find(({ outcome }) => outcome !== "ok");
  if (decidedBy === "fallback" && failed !== undefined) return `fallback: ${failed.outcome} ${failed.detail}`;
  const [first] = ranking;
  if (first !== undefined) return first.reason;
  return rejected.map(({ network, reason }) => `${network}: ${reason}`).join("; ");
}
