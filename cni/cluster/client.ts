import type { Cluster } from "../../core/cluster.ts";
import type { ClusterConfig } from "../../core/cluster-config.ts";
import { readAccess } from "./access.ts";
import { Budget } from "./budget.ts";
import { openAgent } from "./exchange.ts";
import { annotatePod } from "./annotate.ts";
import { recordEvent } from "./event.ts";
import {
  findCustomObject,
  findNamespaceLabels,
  findPod,
  listClusterObjects,
  listCustomObjects,
} from "./find.ts";
import { DEFINITION, LOGICAL, PHYSICAL, SELECTION_POLICY } from "./kinds.ts";
import { toDefinition, toLogicalNetwork, toPhysicalNetwork } from "./objects.ts";
import { readServer } from "./server.ts";

export { openInspection } from "./inspection.ts";

/** Of all questions of one call together. */
const ASK_MS = 5000;
/** Of all that is told after a call's answer: the runtime waits for our end. */
const TELL_MS = 2000;

/**
 * The cluster of one call.
 *
 * @throws {Failure} invalidConfig or tryAgainLater when it can't be known how it is reached.
 */
export async function openClient(config: ClusterConfig): Promise<Cluster> {
  const access = await readAccess(config, process.env);
  const server = await readServer(access, config.kubernetes.insecureSkipTlsVerify);
  const shared = { server, agent: openAgent(server.url) };
  const [ask, tell] = [new Budget(ASK_MS), new Budget(TELL_MS)];
  const asking = (signal: AbortSignal) => ({ ...shared, budget: ask, signal });
  const telling = (signal: AbortSignal) => ({ ...shared, budget: tell, signal });
  return {
    findPod: (ref, signal) => findPod(ref, asking(signal)),
    findDefinition: (ref, signal) =>
      findCustomObject({ kind: DEFINITION, ref, read: toDefinition }, asking(signal)),
    listDefinitions: (namespace, signal) =>
      listCustomObjects({ kind: DEFINITION, namespace, read: toDefinition }, asking(signal)),
    findLogicalNetwork: (ref, signal) =>
      findCustomObject({ kind: LOGICAL, ref, read: toLogicalNetwork }, asking(signal)),
    listLogicalNetworks: (namespace, signal) =>
      listCustomObjects({ kind: LOGICAL, namespace, read: toLogicalNetwork }, asking(signal)),
    findPhysicalNetwork: (ref, signal) =>
      findCustomObject({ kind: PHYSICAL, ref, read: toPhysicalNetwork }, asking(signal)),
    listPhysicalNetworks: (namespace, signal) =>
      listCustomObjects({ kind: PHYSICAL, namespace, read: toPhysicalNetwork }, asking(signal)),
    listSelectionPolicies: (signal) => listClusterObjects(SELECTION_POLICY, asking(signal)),
    findNamespaceLabels: (name, signal) => findNamespaceLabels(name, asking(signal)),
    annotatePod: (pod, annotations, signal) => annotatePod(pod, annotations, telling(signal)),
    recordEvent: (pod, event, signal) => recordEvent(pod, event, telling(signal)),
  };
}
