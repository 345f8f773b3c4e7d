import type { Cluster } from "../cluster.ts";
import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../spec/json.ts";
import { toJson } from "../printable.ts";
import { askForPod } from "./asked-pod.ts";
import { findLabels } from "./labels.ts";
import type { Pod } from "./pod.ts";
import { isWishKey } from "./wish-keys.ts";

/** How containerd and CRI-O hand over a pod's annotations. Source: containerd `pkg/cri/annotations`. */
const CRI_ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

/** What the pod's owner wrote on it. */
export interface KnownTexts {
  /** undefined: nobody handed them over, and the API server wasn't asked. */
  readonly labels: ReadonlyMap<string, string> | undefined;
  readonly annotations: ReadonlyMap<string, string>;
}

interface TextPorts {
  readonly cluster: Pick<Cluster, "findPod"> | undefined;
  readonly signal: AbortSignal;
}

/**
 * The pod's annotations: those that were handed over, or else what the API server says. Without a cluster, a pod whose
 * annotations nobody handed over has none. And its labels, where no call is needed for these alone.
 *
 * @throws {Failure} invalidConfig when what was handed over isn't a map; tryAgainLater when the API server can't tell.
 */
export async function readPodTexts(
  { pod, config }: { pod: Pod; config: Config },
  { cluster, signal }: TextPorts,
): Promise<KnownTexts> {
  const [labels, handed] = [findLabels(config), findAnnotations(config)];
  if (handed !== undefined || cluster === undefined) return { labels, annotations: handed ?? new Map() };
  const shown = await askForPod(pod, { cluster, signal });
  return { labels: labels ?? shown.labels, annotations: shown.annotations };
}

/**
 * What was handed over in the runtime's `runtimeConfig`, or in `args.cni` (the CNI conventions' place for what an
 * orchestrator passes on; a bare text there is the annotation `cni` itself). `null` or `{}` from the runtime means
 * "handed over: there are none".
 */
function findAnnotations(config: Config): ReadonlyMap<string, string> | undefined {
  const runtime = config.runtimeConfig ?? {};
  if (CRI_ANNOTATIONS in runtime) {
    return toAnnotations(runtime[CRI_ANNOTATIONS] ?? {}, `runtimeConfig["${CRI_ANNOTATIONS}"]`);
  }
  const handed = config.args?.["cni"];
  if (typeof handed === "string") return new Map([["cni", handed]]);
  return handed === undefined ? undefined : toAnnotations(handed, "args.cni");
}

function toAnnotations(value: unknown, field: string): ReadonlyMap<string, string> {
  if (!isJsonObject(value)) throw new Failure("invalidConfig", `${field}: must be an object`);
  return new Map(textEntries(value, field));
}

/**
 * `args.cni` also carries lists and objects (`ips`, `labels`), which are no annotations. A wish that is no text isn't
 * passed over: the pod would get other networks than it asks for.
 */
function textEntries(value: JsonObject, field: string): [string, string][] {
  return Object.entries(value).filter((entry): entry is [string, string] => {
    const [key, text] = entry;
    if (typeof text === "string") return true;
    if (isWishKey(key)) throw new Failure("invalidConfig", `${field}[${toJson(key)}]: must be a text`);
    return false;
  });
}
