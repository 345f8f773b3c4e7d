import type { Config } from "../config.ts";
import { Failure } from "../errors.ts";
import { isJsonObject, type JsonObject } from "../spec/json.ts";

/** How containerd and CRI-O hand over a pod's annotations. Source: containerd `pkg/cri/annotations`. */
const CRI_ANNOTATIONS = "io.kubernetes.cri.pod-annotations";

/**
 * The pod's annotations, as far as they were handed over: in the runtime's `runtimeConfig`, or in `args.cni` (the CNI
 * conventions' place for what an orchestrator passes on; a bare text there is the annotation `cni` itself).
 * `null` or `{}` from the runtime means "handed over: there are none", as does a configuration without `kubernetes`.
 *
 * @returns undefined for a Kubernetes pod whose annotations weren't handed over.
 * @throws {Failure} invalidConfig when what was handed over isn't a map.
 */
export function findAnnotations(config: Config): ReadonlyMap<string, string> | undefined {
  const runtime = config.runtimeConfig ?? {};
  if (CRI_ANNOTATIONS in runtime) {
    return toAnnotations(runtime[CRI_ANNOTATIONS] ?? {}, `runtimeConfig["${CRI_ANNOTATIONS}"]`);
  }
  const handed = config.args?.["cni"];
  if (typeof handed === "string") return new Map([["cni", handed]]);
  if (handed !== undefined) return toAnnotations(handed, "args.cni");
  return config.kubernetes === undefined ? new Map() : undefined;
}

/**
 * As findAnnotations.
 *
 * @throws {Failure} tryAgainLater when they weren't handed over: nobody can know what the pod wants.
 */
export function requireAnnotations(config: Config): ReadonlyMap<string, string> {
  const annotations = findAnnotations(config);
  if (annotations !== undefined) return annotations;
  throw new Failure("tryAgainLater", "the pod's annotations were not handed over and can't be asked for", {
    details: `declare the capability "${CRI_ANNOTATIONS}" in the conflist, or leave out the block "kubernetes"`,
  });
}

function toAnnotations(value: unknown, field: string): ReadonlyMap<string, string> {
  if (!isJsonObject(value)) throw new Failure("invalidConfig", `${field}: must be an object`);
  return new Map(textEntries(value));
}

/** `args.cni` also carries lists and objects (`ips`, `labels`), which are no annotations. */
function textEntries(value: JsonObject): [string, string][] {
  return Object.entries(value).filter((entry): entry is [string, string] => typeof entry[1] === "string");
}
