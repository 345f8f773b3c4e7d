import type { Cluster } from "../cluster.ts";
import type { Config } from "../config.ts";
import { askForPod } from "../intent/asked-pod.ts";
import type { PodIntent, Wish } from "../intent/intent.ts";
import { isOfCluster, isSystemPod, type Pod } from "../intent/pod.ts";
import { listModules, type SelectionConfig } from "./selection-config.ts";

type Labels = ReadonlyMap<string, string>;

interface Shown {
  readonly pod: Pod;
  readonly intent: PodIntent;
  readonly config: Config;
}

interface LabelPorts {
  readonly cluster: Pick<Cluster, "findPod"> | undefined;
  readonly signal: AbortSignal;
}

/**
 * The labels of the pod that modules are to see. Where nobody has told any, the API server is asked, once, but only if
 * a module that may decide about this pod is granted some. Never for pods that keep the cluster itself alive.
 *
 * @throws {Failure} tryAgainLater when it can't tell: a module must not take a pod for one without labels.
 */
export async function requireLabels(
  known: Labels | undefined,
  { pod, intent, config }: Shown,
  { cluster, signal }: LabelPorts,
): Promise<Labels> {
  if (known !== undefined) return known;
  const isRead = intent.wishes.some(isChosen) && readsLabels(config.genie.selection);
  if (cluster === undefined || !isOfCluster(pod) || isSystemPod(pod) || !isRead) return new Map();
  return (await askForPod(pod, { cluster, signal })).labels;
}

function isChosen({ target }: Wish): boolean {
  return target.wants === "any" || target.wants === "labelled";
}

/** A shadow must cost a pod nothing, so it sees what is known. */
function readsLabels(selection: SelectionConfig): boolean {
  return listModules(selection).some(({ mode, labels }) => mode !== "shadow" && labels.length > 0);
}
