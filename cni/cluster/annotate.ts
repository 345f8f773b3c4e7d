import { PatchStrategy, setHeaderOptions } from "@kubernetes/client-node";
import { Failure } from "../../core/errors.ts";
import { isSamePod } from "../../core/intent/asked-pod.ts";
import type { Pod } from "../../core/intent/pod.ts";
import { openApi, unlessStatus } from "./api.ts";
import { findPod, type Way } from "./find.ts";
import { isNameable } from "./kinds.ts";

type Annotations = Readonly<Record<string, string | null>>;

/** As client-go's `retry.DefaultRetry`. */
const MOST_TRIES = 5;

const AS_MERGE = setHeaderOptions("Content-Type", PatchStrategy.MergePatch);

/**
 * Writes and, for null, removes annotations in one PATCH.
 *
 * @returns false when the pod is gone, or another one has its name by now.
 * @throws {Failure} tryAgainLater
 */
export async function annotatePod(pod: Pod, annotations: Annotations, way: Way): Promise<boolean> {
  for (let tries = 0, { uid } = pod; tries < MOST_TRIES; tries++) {
    if (await patch({ ...pod, uid }, annotations, way)) return true;
    // Somebody else wrote to it at the same time; or the node made it by itself, and its mirror has another UID.
    const shown = await findPod(pod, way);
    if (shown === undefined || !isSamePod(pod, shown)) return false;
    uid = shown.uid;
  }
  throw new Failure("tryAgainLater", "the pod can't be written to: others do so all the time");
}

async function patch(pod: Pod, annotations: Annotations, way: Way): Promise<boolean> {
  const { namespace, name, uid } = pod;
  if (!isNameable(pod)) return false;
  const right = { verb: "patch", resource: "pods", group: "", namespace } as const;
  const { core } = openApi({ ...way, right, narrow: () => ({}) });
  const body = { metadata: { ...(uid !== "" && { uid }), annotations } };
  const patched = core.patchNamespacedPod({ namespace, name, body }, AS_MERGE);
  return (await unlessStatus([404, 409, 422], patched)) !== undefined;
}
