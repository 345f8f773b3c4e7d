import type { Config } from "../config.ts";
import type { Workload } from "../select/request.ts";
import { type Invocation, toArgMap } from "../spec/environment.ts";
import { isFromMesos } from "./mesos.ts";
import { requireOneWord } from "./one-word.ts";

/** Who the container belongs to, as far as the runtime said. Empty where it did not. */
export interface Pod {
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  /** Whose pod it is, where it isn't one of Kubernetes. */
  readonly orchestrator?: "mesos" | "nomad";
}

const IDENTITY = [
  "K8S_POD_NAMESPACE",
  "K8S_POD_NAME",
  "K8S_POD_UID",
  "NOMAD_NAMESPACE",
  "NOMAD_JOB_ID",
  "NOMAD_GROUP_NAME",
  "NOMAD_ALLOC_ID",
];

/**
 * What CNI_ARGS say of a pod: the kubelet's runtimes, and Nomad's client. Source: Nomad docs, "Use a CNI network".
 *
 * @throws {Failure} invalidEnvironment when they say two things.
 */
export function readPod({ args }: Pick<Invocation, "args">, config: Pick<Config, "args"> = {}): Pod {
  requireOneWord(args, (key) => IDENTITY.includes(key), "whose container it is");
  const valueByKey = toArgMap(args);
  const read = (key: string): string => valueByKey.get(key) ?? "";
  if (valueByKey.has("NOMAD_ALLOC_ID")) {
    const name = [read("NOMAD_JOB_ID"), read("NOMAD_GROUP_NAME")].filter((part) => part !== "").join("/");
    return { namespace: read("NOMAD_NAMESPACE"), name, uid: read("NOMAD_ALLOC_ID"), orchestrator: "nomad" };
  }
  const pod = { namespace: read("K8S_POD_NAMESPACE"), name: read("K8S_POD_NAME"), uid: read("K8S_POD_UID") };
  return isFromMesos(config) ? { ...pod, orchestrator: "mesos" } : pod;
}

/** True for the pods of a kubelet: its runtimes name each one's namespace. */
export function isOfCluster({ namespace, orchestrator }: Pod): boolean {
  return namespace !== "" && orchestrator === undefined;
}

/** What modules may know of the pod, but for the labels and annotations that are granted to them. */
export function toWorkload(pod: Pod, node: string): Omit<Workload, "labels" | "annotations"> {
  const { namespace, name, orchestrator = namespace === "" ? "none" : "kubernetes" } = pod;
  return { orchestrator, namespace, name, node };
}

/** Namespaces whose pods must start even when a module that must not fail has failed. */
export const SYSTEM_NAMESPACES: readonly string[] = ["kube-system", "kube-public", "kube-node-lease"];

/** True for the pods that keep the cluster itself alive. */
export function isSystemPod({ namespace, orchestrator }: Pod): boolean {
  return orchestrator === undefined && SYSTEM_NAMESPACES.includes(namespace);
}
