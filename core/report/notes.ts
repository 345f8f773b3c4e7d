import type { PodEvent } from "../cluster.ts";
import type { Made } from "../delegate/attach-all.ts";
import type { PodIntent } from "../intent/intent.ts";
import { asksNpwg } from "../intent/npwg/read.ts";
import type { Pod } from "../intent/pod.ts";
import type { NodeNetworks } from "../networks/candidates.ts";
import { findName } from "../networks/find-network.ts";
import { toEvent, toPodEvent } from "./event.ts";
import { formatMultiIp, MULTI_IP } from "./multi-ip.ts";
import { formatNetworkStatus, NETWORK_STATUS } from "./npwg-status.ts";

const MOST_EVENTS = 8;

/** What the pod is told of its networks, where there is an API server to tell it. */
export interface PodNotes {
  readonly pod: Pod;
  readonly annotations: Readonly<Record<string, string>>;
  readonly events: readonly PodEvent[];
}

/** Who is told. */
export interface Told {
  readonly pod: Pod;
  /** The pod's own, also where rules make them count for nothing. */
  readonly annotations: ReadonlyMap<string, string>;
  readonly intent: PodIntent;
  readonly node: NodeNetworks;
}

/**
 * What is to be written on the pod. As CNI-Genie does, the addresses of several networks, and what was chosen for
 * `cni: ""`; and the status of all networks, where the pod asked in the way of the NPWG. Source: genie-controller.go,
 * genie-networkstatus.go; NPWG v1.3, §5.
 */
export function toPodNotes({ pod, annotations, intent, node }: Told, made: readonly Made[]): PodNotes {
  const addresses =
    intent.naming === "eth" && made.length > 1 ? { [MULTI_IP]: formatMultiIp(made) } : undefined;
  const status = asksNpwg(annotations) ? { [NETWORK_STATUS]: formatNetworkStatus(made) } : undefined;
  const isAsked = annotations.get("cni")?.trim() === "";
  const chosen = isAsked ? made.find(({ planned }) => isNoted(planned.wish.target))?.network : undefined;
  const choice = chosen === undefined ? undefined : { cni: findName(chosen, node) ?? chosen.name };
  const events = [...toWarnings(intent), ...toEvents(made)];
  return { pod, annotations: { ...addresses, ...status, ...choice }, events };
}

/** An annotation that counts for nothing must not do so silently. */
function toWarnings({ ignored }: PodIntent): readonly PodEvent[] {
  return ignored === undefined ? [] : [toPodEvent("Warning", "InvalidAnnotation", ignored)];
}

/** One for each decision, however many interfaces it was for. */
function toEvents(made: readonly Made[]): readonly PodEvent[] {
  const decisions = new Set(made.map(({ planned }) => planned.decision));
  return [...decisions].flatMap((decision) => toEvent(decision) ?? []).slice(0, MOST_EVENTS);
}

function isNoted(target: Made["planned"]["wish"]["target"]): boolean {
  return target.wants === "any" && target.isNoted === true;
}
