import { hostname } from "node:os";
import type { PodEvent } from "../../core/cluster.ts";
import type { Pod } from "../../core/intent/pod.ts";
import { openApi, unlessStatus } from "./api.ts";
import type { Way } from "./find.ts";
import { isNameable } from "./kinds.ts";
import { findTokenNode } from "./token-claims.ts";

/** Records an event of the pod; of a pod in a namespace that is gone or being removed, none. */
export async function recordEvent(pod: Pod, event: PodEvent, way: Way): Promise<void> {
  if (!isNameable(pod)) return;
  const { namespace, name, uid } = pod;
  const token = await way.server.readToken();
  const node = token === undefined ? undefined : findTokenNode(token);
  const now = new Date();
  const body = {
    metadata: { generateName: "genie-", namespace },
    involvedObject: { apiVersion: "v1", kind: "Pod", namespace, name, ...(uid !== "" && { uid }) },
    source: { component: "genie", host: node ?? hostname() },
    ...event,
    count: 1,
    firstTimestamp: now,
    lastTimestamp: now,
  };
  const right = { verb: "create", resource: "events", group: "", namespace } as const;
  const { core } = openApi({ ...way, right, narrow: () => ({}) });
  await unlessStatus([403, 404], core.createNamespacedEvent({ namespace, body }));
}
