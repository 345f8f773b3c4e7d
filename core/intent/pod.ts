import type { Workload } from "../select/request.ts";
import { type Invocation, toArgMap } from "../spec/environment.ts";

/** Who the container belongs to, as far as the runtime said. Empty where it did not. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
}

/** Reads the K8S_* arguments that kubelet's runtimes set in CNI_ARGS. */
export function readPod({ args }: Invocation): Pod {
  const valueByKey = toArgMap(args);
  return {
    namespace: valueByKey.get("K8S_POD_NAMESPACE") ?? "",
    name: valueByKey.get("K8S_POD_NAME") ?? "",
    uid: valueByKey.get("K8S_POD_UID") ?? "",
  };
}

/** What modules may know of the pod, but for the labels and annotations that are granted to them. */
export function toWorkload(pod: Pod, node: string): Omit<Workload, "labels" | "annotations"> {
  const orchestrator = pod.namespace === "" ? "none" : "kubernetes";
  return { orchestrator, namespace: pod.namespace, name: pod.name, node };
}

/** Namespaces whose pods must start even when a module that must not fail has failed. */
const SYSTEM_NAMESPACES = ["kube-system", "kube-public", "kube-node-lease"];

/** True for the pods that keep the cluster itself alive. */
export function isSystemPod(pod: Pod): boolean {
  return SYSTEM_NAMESPACES.includes(pod.namespace);
}
