import type { Cluster } from "../cluster.ts";
import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import { askForPod } from "../intent/asked-pod.ts";
import { isSystemPod, type Pod } from "../intent/pod.ts";
import type { KnownTexts } from "../intent/pod-texts.ts";
import { listNeeded, type PodScope } from "./applies.ts";
import { planSelection, type SelectionPlan } from "./plan.ts";
import { parseSelectionPolicy, type SelectionPolicy } from "./policy.ts";

interface RulePorts {
  readonly cluster: Cluster | undefined;
  readonly signal: AbortSignal;
}

interface Ruled {
  readonly pod: Pod;
  readonly config: Config;
  readonly labels: KnownTexts["labels"];
}

export interface PodRules extends SelectionPlan {
  /** The pod's, as in KnownTexts; what policies go by has been asked for. */
  readonly labels: KnownTexts["labels"];
}

const NO_LABELS: ReadonlyMap<string, string> = new Map();

/**
 * By which rules the pod gets its networks. The cluster is asked only where the node's configuration says so, and never
 * about pods that keep the cluster itself alive: these go by the file.
 *
 * @throws {Failure} tryAgainLater when the cluster can't be asked: nobody knows what the pod may have. invalidConfig
 * for a policy that can't be read.
 */
export async function readRules(ruled: Ruled, ports: RulePorts): Promise<PodRules> {
  const { pod, config } = ruled;
  const { selection, grants, overridable, policySource } = config.genie;
  const isAsked = policySource === "cluster" && pod.namespace !== "" && !isSystemPod(pod);
  const policies = isAsked ? await readPolicies(ports) : [];
  const { labels, ...scope } = await readScope(ruled, policies, ports);
  const plan = planSelection(
    policies,
    { ...scope, labels: labels ?? NO_LABELS },
    { selection, grants, overridable },
  );
  return { ...plan, labels };
}

/** Every policy of the cluster. @throws {Failure} as readRules */
export async function readPolicies(ports: RulePorts): Promise<readonly SelectionPolicy[]> {
  const objects = await requireCluster(ports).listSelectionPolicies(ports.signal);
  return objects.map(parseSelectionPolicy);
}

/** Asks for what policies go by, and for nothing else. */
async function readScope(
  { pod, labels: known }: Ruled,
  policies: readonly SelectionPolicy[],
  ports: RulePorts,
): Promise<Omit<PodScope, "labels"> & Pick<PodRules, "labels">> {
  const { namespace } = pod;
  const needs = listNeeded(policies);
  const askLabels = async () =>
    (await askForPod(pod, { cluster: requireCluster(ports), signal: ports.signal })).labels;
  const labels = known ?? (needs.labels ? await askLabels() : undefined);
  const namespaceLabels = needs.namespaceLabels ? await askNamespace(namespace, ports) : NO_LABELS;
  return { namespace, labels, namespaceLabels };
}

async function askNamespace(name: string, ports: RulePorts): Promise<ReadonlyMap<string, string>> {
  const labels = await requireCluster(ports).findNamespaceLabels(name, ports.signal);
  if (labels !== undefined) return labels;
  throw new Failure("tryAgainLater", "the API server has not the pod's namespace", {
    details: "it was removed, or the API server that is asked is another cluster's",
  });
}

function requireCluster({ cluster }: RulePorts): Cluster {
  if (cluster !== undefined) return cluster;
  throw new Failure("invalidConfig", 'genie.policySource: "cluster" takes the block "kubernetes"', {
    details: 'say where the API server is, or leave "policySource" out',
  });
}
