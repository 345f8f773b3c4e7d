import { createHash } from "node:crypto";
import type { FindPass, Subject } from "../cast.ts";
import { findOpening, noteCall, startTrial } from "./circuit.ts";
import type { ModuleRun, Pass } from "../decision.ts";
import type { HealthBook, ModuleHealth } from "./book.ts";
import { listConfigured, type SelectionConfig, toDigest } from "../selection-config.ts";

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

/** What stands in the book of a module as it is configured now. */
export function findHealth(book: HealthBook, subject: Subject): ModuleHealth | undefined {
  const entry = toEntry(subject);
  return book.find((one) => one.digest === subject.digest && one.entry === entry);
}

/** Who isn't asked for a pod of this namespace: canaries that are halted, and others whose circuit is open. */
export function toFindPass(book: HealthBook, namespace: string, nowMs: number): FindPass {
  return (subject): Pass | undefined => {
    const health = findHealth(book, subject);
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
  const next = listConfigured(selection).reduce((sofar, { kind, config }, at) => {
    const health = findHealth(sofar, { digest: toDigest(config), kind, config });
    const circuits = health && startTrial(health.circuits, namespace, nowMs);
    if (circuits === undefined) return sofar;
    trials.push(at);
    return sofar.map((one) => (one === health ? { ...one, circuits } : one));
  }, book);
  return { book: next, trials };
}

/** After a decision: what its modules did goes into the book. */
export function noteRuns(
  book: HealthBook,
  runs: readonly ModuleRun[],
  round: Round & { readonly trials: readonly number[] },
): { readonly book: HealthBook; readonly events: readonly HealthEvent[] } {
  const events: HealthEvent[] = [];
  const configured = listConfigured(round.selection);
  const next = runs.reduce((sofar, run) => {
    const one = configured[run.at];
    if (one === undefined || run.notAsked !== undefined) return sofar;
    const subject = { digest: run.digest, ...one };
    const old = findHealth(sofar, subject);
    const isTrial = round.trials.includes(run.at);
    const noted = noteRun(old ?? makeHealth(subject, run.mode), run, { ...round, isTrial });
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

function makeHealth({ digest, kind, config }: Subject, mode: ModuleRun["mode"]): ModuleHealth {
  const none = {
    runs: 0,
    failures: 0,
    differences: 0,
    usedAtMs: 0,
    recent: "",
    circuits: { namespaces: [] },
  };
  return { digest, kind, mode, entry: toEntry({ digest, kind, config }), ...none };
}

/** Tells one configuration of a module from another. */
function toEntry({ kind, config }: Subject): string {
  return createHash("sha256")
    .update(JSON.stringify([kind, config]))
    .digest("hex")
    .slice(0, 16);
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
