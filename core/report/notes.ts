import type { Made } from "../delegate/attach-all.ts";
import type { Pod } from "../intent/pod.ts";
import { formatMultiIp, MULTI_IP } from "./multi-ip.ts";

/** What the pod is told of its networks, where there is an API server to tell it. */
export interface PodNotes {
  readonly pod: Pod;
  readonly annotations: Readonly<Record<string, string>>;
}

/** What is to be written on the pod. CNI-Genie tells the addresses of several networks only. */
export function toPodNotes(pod: Pod, made: readonly Made[]): PodNotes {
  return { pod, annotations: made.length > 1 ? { [MULTI_IP]: formatMultiIp(made) } : {} };
}
