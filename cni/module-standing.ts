import { listOpen } from "../core/select/health/circuit.ts";
import type { ModuleHealth } from "../core/select/health/book.ts";

/** How one module does on this node, as people and scripts are told. */
export function toStanding({ circuits, haltedAtMs, lastFailure, ...health }: ModuleHealth, nowMs: number) {
  const { digest, kind, mode, runs, failures, differences } = health;
  return {
    digest,
    kind,
    mode,
    calls: runs,
    failures,
    differences,
    haltedSince: haltedAtMs === undefined ? null : toTime(haltedAtMs),
    openFor: listOpen(circuits, nowMs),
    lastFailure: lastFailure ?? null,
  };
}

/** As people read it, and scripts. */
export function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
