import type { FindPass } from "../cast.ts";
import type { Pass } from "../decision.ts";
import { listConfigured, type SelectionConfig } from "../selection-config.ts";
import type { HealthBook } from "./book.ts";
import { findOpening, startTrial } from "./circuit.ts";
import { findHealth } from "./entry.ts";

/** Who isn't asked for a pod of this namespace: canaries that are halted, and others whose circuit is open. */
export function toFindPass(book: HealthBook, namespace: string, nowMs: number): FindPass {
  return (module): Pass | undefined => {
    const health = findHealth(book, module);
    if (health === undefined) return undefined;
    const { haltedAtMs, lastFailure } = health;
    if (haltedAtMs !== undefined) {
      const { outcome, detail } = lastFailure ?? { outcome: "error", detail: "" };
      return { outcome, detail: `halted since ${toTime(haltedAtMs)}: ${detail}`, notAsked: "halted" };
    }
    const open = findOpening(health.circuits, namespace, nowMs);
    if (open === undefined) return undefined;
    const { sinceMs, untilMs, outcome, detail } = open.circuit;
    const span = `since ${toTime(sinceMs)} until ${toTime(untilMs)}`;
    return { outcome, detail: `not asked for ${open.where} ${span}: ${detail}`, notAsked: "circuit" };
  };
}

/** One decision, as far as the book is concerned. */
export interface Round {
  readonly selection: SelectionConfig;
  /** Of the pod; empty where there is none. */
  readonly namespace: string;
  readonly nowMs: number;
}

/**
 * Before a decision: a module whose circuit has been open for long enough gets one call for a trial. Until that is
 * over, the circuit counts as open for everybody else.
 *
 * @returns the book, and the positions of the modules on trial.
 */
export function planTrials(
  book: HealthBook,
  { selection, namespace, nowMs }: Round,
): { readonly book: HealthBook; readonly trials: readonly number[] } {
  const trials: number[] = [];
  const next = listConfigured(selection).reduce((sofar, module, at) => {
    const health = findHealth(sofar, module);
    const circuits = health && startTrial(health.circuits, namespace, nowMs);
    if (circuits === undefined) return sofar;
    trials.push(at);
    return sofar.map((one) => (one === health ? { ...one, circuits } : one));
  }, book);
  return { book: next, trials };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
