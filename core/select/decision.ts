import type { ModuleFailure, Outcome } from "./outcome.ts";
import type { Question } from "./question.ts";
import type { ModuleKind } from "./request.ts";

/** Who had the last word, as it is told: a module, the fallback, the configured default, or the pod itself. */
export const DECIDERS = ["selector", "scores", "fallback", "default", "explicit"] as const;
export type DecidedBy = (typeof DECIDERS)[number];

export interface Ranked {
  readonly network: string;
  /** Weighted mean of the scorers; absent where no scorer spoke. */
  readonly score?: number;
  readonly reason: string;
}

export interface Rejected {
  readonly network: string;
  /** Digest of the scorer. */
  readonly by: string;
  readonly reason: string;
}

/** A scorer's: a score, or the reason of a rejection, by network. A selector's: network and reason, best first. */
export type ModuleAnswer =
  | Readonly<Record<string, number | string>>
  | readonly (readonly [network: string, reason: string])[];

/** What would have been decided had a shadow enforced. */
export interface ShadowFinding {
  /** The pod would have got other networks. */
  readonly differs: boolean;
  /** Best first; empty where all would have been rejected. */
  readonly ranking: readonly string[];
}

/** The part of one module in one decision. */
export interface ModuleRun {
  /** Position among the configured modules, scorers first. */
  readonly at: number;
  readonly digest: string;
  readonly kind: ModuleKind;
  readonly mode: RunMode;
  readonly outcome: Outcome;
  readonly detail: string;
  readonly ms: number;
  /** Why it wasn't asked at all: its circuit is open, it is a halted canary, or no time was left. */
  readonly notAsked?: NotAsked;
  /** Absent where it gave none that holds. */
  readonly answer?: ModuleAnswer;
  /** Of a shadow that gave an answer. */
  readonly shadow?: ShadowFinding;
}

/** The mode in which a module is configured, without a canary's percentage. */
export const RUN_MODES = ["enforce", "canary", "shadow"] as const;
export type RunMode = (typeof RUN_MODES)[number];

export const NOT_ASKED = ["circuit", "halted", "late"] as const;
export type NotAsked = (typeof NOT_ASKED)[number];

/** Why a module is passed over. */
export interface Pass extends ModuleFailure {
  readonly notAsked: NotAsked;
}

/** Which networks, in which order, and why. */
export interface Decision {
  readonly question: Question;
  /** Best first. Empty when nothing may be attached: see `refusal`. */
  readonly ranking: readonly Ranked[];
  readonly rejected: readonly Rejected[];
  /** In the order in which they ended; shadows last. */
  readonly modules: readonly ModuleRun[];
  /** The fallback may have gone by what cAdvisor measures. */
  readonly decidedBy: DecidedBy | "traffic";
  /** Without what shadows took. */
  readonly ms: number;
  /** Why the ranking is empty. */
  readonly refusal?: "everyCandidateRejected" | "moduleMustNotFail";
}

/** Readers of records and of the pod's status know no more than these. */
export function toDecidedBy({ decidedBy }: Pick<Decision, "decidedBy">): DecidedBy {
  return decidedBy === "traffic" ? "fallback" : decidedBy;
}
