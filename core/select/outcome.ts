/** How the call of a module can end; the words of the decision record. */
export const OUTCOMES = [
  "ok",
  "timeout",
  "trap",
  "memory",
  "badAnswer",
  "wrongWorld",
  "notInStore",
  "error",
] as const;

export type Outcome = (typeof OUTCOMES)[number];
export type FailedOutcome = Exclude<Outcome, "ok">;

/** Why a module gave no usable answer. `detail` is text of ours or a cleaned excerpt of the module's. */
export interface ModuleFailure {
  readonly outcome: FailedOutcome;
  readonly detail: string;
}

export type ModuleResult<T> = { readonly outcome: "ok"; readonly value: T } | ModuleFailure;
