import type { Cluster, PodObject } from "../cluster.ts";
import { Failure } from "../errors.ts";
import { toLine } from "../printable.ts";
import { isObjectName } from "./object-name.ts";
import type { Pod } from "./pod.ts";

const SHOWN = 128;

/** What the kubelet writes on pods that it made by itself, and on what it shows of them: their UID on the node. */
const OWN_UIDS = ["kubernetes.io/config.mirror", "kubernetes.io/config.hash"];

/**
 * The pod as the API server has it.
 *
 * @throws {Failure} tryAgainLater when it has none, or another one of that name: nobody knows what this one wants.
 */
export async function askForPod(
  pod: Pod,
  { cluster, signal }: { cluster: Pick<Cluster, "findPod">; signal: AbortSignal },
): Promise<PodObject> {
  if (!isObjectName(pod.namespace) || !isObjectName(pod.name)) {
    throw new Failure("tryAgainLater", "the API server has to be asked, and nobody knows about which pod", {
      details:
        "the runtime handed over neither the pod's annotations nor, in CNI_ARGS, its K8S_POD_NAMESPACE and K8S_POD_NAME",
    });
  }
  const shown = await cluster.findPod(pod, signal);
  const called = `the pod ${toLine(`${pod.namespace}/${pod.name}`.slice(0, SHOWN))}`;
  if (shown === undefined) {
    throw new Failure("tryAgainLater", `the API server has not ${called}`, {
      details: "it was removed, or the API server that is asked is another cluster's",
    });
  }
  if (isSamePod(pod, shown)) return shown;
  throw new Failure("tryAgainLater", `the API server has another pod in place of ${called}`, {
    details: toLine(`its UID is ${shown.uid.slice(0, SHOWN)}, the runtime's has ${pod.uid.slice(0, SHOWN)}`),
  });
}

/** Of a runtime that doesn't say the UID, the name has to do. */
export function isSamePod(pod: Pod, { uid, annotations }: PodObject): boolean {
  return pod.uid === "" || pod.uid === uid || OWN_UIDS.some((key) => annotations.get(key) === pod.uid);
}
