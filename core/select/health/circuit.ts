import type { ModuleRun } from "../decision.ts";
import type { Circuit, Circuits } from "./book.ts";
import type { FailedOutcome, Outcome } from "../outcome.ts";
import type { CircuitConfig } from "../selection-config.ts";

/** What costs the next pod time or a guest. */
const BLAMED: readonly Outcome[] = ["timeout", "trap", "memory", "badAnswer"];
/** An answer in contract, and no slower than others: the settings may be wrong, or the pod. */
const GOOD: readonly Outcome[] = ["ok", "error"];

/** Namespaces that are remembered of one module. */
const MAX_NAMESPACES = 32;
/** Longer than any that Kubernetes lets be. */
const NAMESPACE_LENGTH = 253;
const DETAIL_LENGTH = 128;
/** A circuit stays open for at most so many times the time that the admin set. */
const MAX_DOUBLING = 64;

/** The circuit that keeps a module from being asked, if any. */
export function findOpening(
  circuits: Circuits,
  namespace: string,
  nowMs: number,
): { readonly where: string; readonly circuit: Circuit } | undefined {
  const own = findOf(circuits, namespace);
  if (own !== undefined && isOpen(own, nowMs)) return { where: toPlace(namespace), circuit: own };
  const { node } = circuits;
  return node !== undefined && isOpen(node, nowMs) ? { where: "the node", circuit: node } : undefined;
}

/** For whom a module isn't asked now: `the node`, `namespace shop`. */
export function listOpen({ node, namespaces }: Circuits, nowMs: number): readonly string[] {
  const open = namespaces.filter(({ circuit }) => isOpen(circuit, nowMs)).map(({ name }) => toPlace(name));
  return node !== undefined && isOpen(node, nowMs) ? ["the node", ...open] : open;
}

/**
 * Claims the one call that is let through for a namespace whose circuit was open; undefined where it wasn't, or one is
 * still. Of the node's, nobody has to claim any: who claims and isn't asked would keep it from the others.
 */
export function startTrial(circuits: Circuits, namespace: string, nowMs: number): Circuits | undefined {
  if (findOpening(circuits, namespace, nowMs) !== undefined) return undefined;
  const own = findOf(circuits, namespace);
  if (own === undefined || own.openMs === 0) return undefined;
  const claimed = { ...own, untilMs: nowMs + own.openMs };
  const namespaces = circuits.namespaces.map((one) =>
    one.circuit === own ? { ...one, circuit: claimed } : one,
  );
  return { ...circuits, namespaces };
}

export interface Call {
  readonly namespace: string;
  readonly nowMs: number;
  /** It was let through though the namespace's circuit had been open. */
  readonly isTrial: boolean;
  readonly limits: CircuitConfig;
}

/** What one call means for the circuits; `opened` says for whom it opened any. */
export function noteCall(
  circuits: Circuits,
  run: Pick<ModuleRun, "outcome" | "detail">,
  call: Call,
): { readonly circuits: Circuits; readonly opened: readonly string[] } {
  const { nowMs, limits } = call;
  const name = call.namespace.slice(0, NAMESPACE_LENGTH);
  const others = circuits.namespaces.filter((one) => one.name !== name);
  const { node } = circuits;
  if (GOOD.includes(run.outcome)) {
    const isStill = node !== undefined && isOpen(node, nowMs); // the call was under way when it opened
    return { circuits: { namespaces: others, ...(isStill && { node }) }, opened: [] };
  }
  const failure = findFailure(run);
  if (failure === undefined) return { circuits, opened: [] };
  const old = findOf(circuits, name);
  const own = fail(old, failure, { ...call, limit: node === undefined ? limits.failures : 1 });
  const namespaces = keepSome([{ name, circuit: own }, ...others]);
  const openCount = namespaces.filter(({ circuit }) => isOpen(circuit, nowMs)).length;
  const isWide = own.openMs > 0 && openCount >= limits.namespaces;
  const isAgain = node !== undefined && !isOpen(node, nowMs);
  const nextNode = isWide ? fail(node, failure, { ...call, isTrial: isAgain, limit: 1 }) : node;
  const opened = [
    ...(own.openMs > (old?.openMs ?? 0) ? [toPlace(name)] : []),
    ...(nextNode !== undefined && nextNode.openMs > (node?.openMs ?? 0) ? ["the node"] : []),
  ];
  return { circuits: { namespaces, ...(nextNode && { node: nextNode }) }, opened };
}

type CallFailure = Pick<Circuit, "outcome" | "detail">;

function findFailure({ outcome, detail }: Pick<ModuleRun, "outcome" | "detail">): CallFailure | undefined {
  if (!BLAMED.includes(outcome)) return undefined;
  return { outcome: outcome as FailedOutcome, detail: detail.slice(0, DETAIL_LENGTH) };
}

/** One more failure. A call that was under way when the circuit opened doesn't keep it open for longer. */
function fail(
  old: Circuit | undefined,
  failure: CallFailure,
  { nowMs, isTrial, limits, limit }: Call & { readonly limit: number },
): Circuit {
  const failures = (old?.failures ?? 0) + 1;
  const base = { ...failure, failures, usedAtMs: nowMs };
  if (old === undefined || old.openMs === 0) {
    const openMs = failures >= limit ? limits.openMs : 0;
    return { ...base, openMs, sinceMs: nowMs, untilMs: nowMs + openMs };
  }
  if (!isTrial) return { ...old, failures, usedAtMs: nowMs };
  const openMs = Math.min(old.openMs * 2, limits.openMs * MAX_DOUBLING);
  return { ...base, openMs, sinceMs: old.sinceMs, untilMs: nowMs + openMs };
}

/** A clock that was set back must not keep a circuit open for longer than it was to be. */
function isOpen({ openMs, untilMs }: Circuit, nowMs: number): boolean {
  return nowMs < untilMs && untilMs - nowMs <= openMs;
}

function findOf({ namespaces }: Circuits, namespace: string): Circuit | undefined {
  const wanted = namespace.slice(0, NAMESPACE_LENGTH);
  return namespaces.find(({ name }) => name === wanted)?.circuit;
}

/** Anybody may make namespaces: those that are open are forgotten last, then those that failed last. */
function keepSome(namespaces: Circuits["namespaces"]): Circuits["namespaces"] {
  return namespaces
    .toSorted(
      (a, b) =>
        Number(b.circuit.openMs > 0) - Number(a.circuit.openMs > 0) ||
        b.circuit.usedAtMs - a.circuit.usedAtMs,
    )
    .slice(0, MAX_NAMESPACES);
}

function toPlace(namespace: string): string {
  return namespace === "" ? "pods without a namespace" : `namespace ${namespace}`;
}
