import type { Outcome } from "./outcome.ts";
import type { ModuleKind } from "./request.ts";

/** Who had the last word: a module, the fallback, the configured default, or the pod itself. */
export type DecidedBy = "selector" | "scores" | "fallback" | "default" | "explicit";

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

/** One call of one module. */
export interface ModuleRun {
  readonly digest: string;
  readonly kind: ModuleKind;
  readonly mode: "enforce";
  readonly outcome: Outcome;
  readonly detail: string;
  readonly ms: number;
}

/** Which networks, in which order, and why. */
export interface Decision {
  /** Best first. Empty when nothing may be attached: see `refusal`. */
  readonly ranking: readonly Ranked[];
  readonly rejected: readonly Rejected[];
  readonly modules: readonly ModuleRun[];
  readonly decidedBy: DecidedBy;
  readonly ms: number;
  /** Digest of all that was decided from: the request, the modules, the settings. */
  readonly inputs: string;
  /** Why the ranking is empty. */
  readonly refusal?: "everyCandidateRejected" | "moduleMustNotFail";
}
