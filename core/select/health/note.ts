import type { ModuleRun } from "../decision.ts";
import { listConfigured } from "../selection-config.ts";
import type { HealthBook, ModuleHealth } from "./book.ts";
import { noteCall } from "./circuit.ts";
import { findHealth, makeHealth } from "./entry.ts";
import type { Round } from "./pass.ts";

/** What an admin should hear of: told when it changes, and not once a pod. */
export interface HealthEvent {
  readonly what: "circuitOpened" | "canaryHalted" | "shadowDiffers";
  readonly digest: string;
  readonly detail: string;
}

/** Modules that are remembered; the one that was used longest ago goes first. */
const MAX_MODULES = 64;
const DETAIL_LENGTH = 256;
/** By which a canary is judged. */
const RECENT_CALLS = 20;

/** After a decision: what its modules did goes into the book. */
export function noteRuns(
  book: HealthBook,
  runs: readonly ModuleRun[],
  round: Round & { readonly trials: readonly number[] },
): { readonly book: HealthBook; readonly events: readonly HealthEvent[] } {
  const events: HealthEvent[] = [];
  const configured = listConfigured(round.selection);
  const next = runs.reduce((sofar, run) => {
    const module = configured[run.at];
    if (module === undefined || run.notAsked !== undefined) return sofar;
    const old = findHealth(sofar, module);
    const isTrial = round.trials.includes(run.at);
    const noted = noteRun(old ?? makeHealth(module, run.mode), run, { ...round, isTrial });
    events.push(...noted.events);
    return [noted.health, ...sofar.filter((each) => each !== old)];
  }, book);
  return { book: next.toSorted((a, b) => b.usedAtMs - a.usedAtMs).slice(0, MAX_MODULES), events };
}

interface Noted {
  readonly health: ModuleHealth;
  readonly events: readonly HealthEvent[];
}

function noteRun(health: ModuleHealth, run: ModuleRun, round: Round & { isTrial: boolean }): Noted {
  const { digest, outcome } = run;
  const { nowMs, selection } = round;
  const lastFailure =
    outcome === "ok" ? undefined : { outcome, detail: run.detail.slice(0, DETAIL_LENGTH), atMs: nowMs };
  const differences = health.differences + Number(run.shadow?.differs === true);
  const counted = {
    ...health,
    runs: health.runs + 1,
    failures: health.failures + Number(outcome !== "ok"),
    differences,
    usedAtMs: nowMs,
    ...(lastFailure && { lastFailure }),
  };
  if (run.mode === "canary") return judgeCanary(counted, run, round);
  const { circuits, opened } = noteCall(health.circuits, run, { ...round, limits: selection.circuit });
  const events: HealthEvent[] = opened.map((where) => {
    return { what: "circuitOpened", digest, detail: `for ${where}: ${outcome} ${run.detail}` };
  });
  const isNews = differences > health.differences && /^10*$/.test(String(differences)); // the 1st, the 10th, the 100th …
  const words = `${differences} of ${counted.runs} pods would have got other networks`;
  if (isNews) events.push({ what: "shadowDiffers", digest, detail: words });
  return { health: { ...counted, circuits }, events };
}

/** A canary has no circuit: it is halted when it fails too often, whoever's pods it fails for. */
function judgeCanary(health: ModuleHealth, { digest, outcome, detail }: ModuleRun, round: Round): Noted {
  if (outcome === "notInStore" || health.haltedAtMs !== undefined) return { health, events: [] };
  const recent = `${health.recent}${outcome === "ok" ? "o" : "x"}`.slice(-RECENT_CALLS);
  const failures = recent.replaceAll("o", "").length;
  if (failures * 100 <= round.selection.circuit.canaryFailurePercent * RECENT_CALLS) {
    return { health: { ...health, recent }, events: [] };
  }
  const words = `${failures} of its last ${recent.length} calls failed, at last with ${outcome} ${detail}`;
  const halted = { ...health, recent, haltedAtMs: round.nowMs };
  return { health: halted, events: [{ what: "canaryHalted", digest, detail: words }] };
}
