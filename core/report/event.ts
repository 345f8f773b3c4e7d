import type { PodEvent } from "../cluster.ts";
import { toLine } from "../printable.ts";
import type { Decision, ModuleRun } from "../select/decision.ts";
import { describeChoice, nameModule } from "./choice-text.ts";

/** Characters of a message. Source: Kubernetes, events.k8s.io/v1, `note`. */
const MAX_LENGTH = 1024;

/**
 * What a person who looks at the pod is told of one decision: `Genie chose blue over red: occupancy 12 % against 85 %`.
 *
 * @returns undefined where nobody chose, or nothing could be chosen: then the pod's failure says why.
 */
export function toEvent(decision: Decision): PodEvent | undefined {
  const { decidedBy, ranking, modules } = decision;
  if (decidedBy === "explicit" || decidedBy === "default" || ranking.length === 0) return undefined;
  const failed = decidedBy === "fallback" ? modules.find(isDecisive) : undefined;
  const choice = describeChoice(decision);
  if (failed === undefined) return toPodEvent("Normal", "NetworkChosen", `Genie chose ${choice}`);
  const { outcome, detail } = failed;
  const how = detail === "" ? outcome : `${outcome}: ${detail}`;
  const why = `The module ${nameModule(failed, decision)} failed (${how})`;
  return toPodEvent("Warning", "NetworkFallback", `${why}, so genie chose ${choice}`);
}

/** Of any text, as much as Kubernetes keeps. */
export function toPodEvent(type: PodEvent["type"], reason: string, text: string): PodEvent {
  return { type, reason, message: toLine(text).slice(0, MAX_LENGTH) };
}

/** Its failure made the fallback decide. */
function isDecisive({ mode, outcome }: ModuleRun): boolean {
  return mode === "enforce" && outcome !== "ok";
}
