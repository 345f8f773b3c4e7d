import type {
  Definition,
  LogicalNetwork,
  ObjectRef,
  PhysicalNetwork,
  PodObject,
} from "../../core/cluster.ts";
import { isWishKey } from "../../core/intent/wish-keys.ts";
import { toJson } from "../../core/printable.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { toStrange } from "./refusal.ts";

/** Of any object that isn't what it should be, what is missing or of another type counts as absent. */

/**
 * What of a pod is read.
 *
 * @throws {Failure} tryAgainLater where a wish is no text: the pod would get other networks than it asks for.
 */
export function narrowPod({ metadata, spec }: JsonObject): JsonObject {
  const { name, namespace, uid, labels, annotations } = toObject(metadata);
  const { nodeName } = toObject(spec);
  const odd = Object.entries(toObject(annotations)).find(
    ([key, value]) => isWishKey(key) && typeof value !== "string",
  );
  if (odd !== undefined) {
    throw toStrange(`the API server's answer has no text as the pod's annotation ${toJson(odd[0])}`);
  }
  return {
    metadata: { name, namespace, uid, labels: toObject(labels), annotations: toObject(annotations) },
    spec: { nodeName },
  };
}

/**
 * Passes an object on that doesn't say of itself that it is something else.
 *
 * @throws {Failure} tryAgainLater for an error, a list, another object or none: what it lacks would count as not asked for.
 */
export function requireObject(answer: JsonObject, ref: Partial<ObjectRef>): JsonObject {
  const { kind, metadata, spec } = answer;
  const { name = ref.name, namespace = ref.namespace } = toObject(metadata);
  const isObject = [metadata, spec].some(isJsonObject) && !/^Status$|List$/.test(toText(kind));
  if (isObject && name === ref.name && namespace === ref.namespace) return answer;
  throw toStrange(`the API server's answer isn't the object ${ref.name} that was asked for`);
}

export function toPodObject(pod: unknown, ref: ObjectRef): PodObject {
  const { metadata, spec } = toObject(pod);
  const { uid, labels, annotations } = toObject(metadata);
  return {
    ...ref,
    uid: toText(uid),
    nodeName: toText(toObject(spec)["nodeName"]),
    labels: toTextMap(labels),
    annotations: toTextMap(annotations),
  };
}

export function toLabels(object: unknown): ReadonlyMap<string, string> {
  return toTextMap(toObject(toObject(object)["metadata"])["labels"]);
}

/** Source: NPWG multi-network specification v1.3, §3. */
export function toDefinition({ metadata, spec }: JsonObject, ref: ObjectRef): Definition {
  const { labels, annotations } = toObject(metadata);
  return {
    ...ref,
    labels: toTextMap(labels),
    annotations: toTextMap(annotations),
    config: toWritten(toObject(spec)["config"], "[]"),
  };
}

/** Source: CNI-Genie, network-crd.go. */
export function toLogicalNetwork({ spec }: JsonObject, ref: ObjectRef): LogicalNetwork {
  const { physicalNet, sub_subnet: subSubnet, plugin } = toObject(spec);
  return {
    ...ref,
    physicalNet: toWritten(physicalNet),
    subSubnet: toWritten(subSubnet),
    plugin: toWritten(plugin),
  };
}

/** Source: CNI-Genie, network-crd.go. */
export function toPhysicalNetwork({ spec }: JsonObject, ref: ObjectRef): PhysicalNetwork {
  const { refer_nic: referNic, sharedStatus } = toObject(spec);
  const { plugin, subnet, dedicatedNet } = toObject(sharedStatus);
  return {
    ...ref,
    referNic: toWritten(referNic),
    plugin: toWritten(plugin),
    subnet: toWritten(subnet),
    dedicated: toWritten(dedicatedNet) === "true",
  };
}

function toObject(value: unknown): JsonObject {
  return isJsonObject(value) ? value : {};
}

function toText(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/** What is no text isn't passed over, since the pod would get another network: as one, it is refused where it is used. */
function toWritten(value: unknown, other = "{}"): string {
  if (typeof value === "string") return value;
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value == null ? "" : other;
}

function toTextMap(value: unknown): ReadonlyMap<string, string> {
  const entries = Object.entries(toObject(value));
  return new Map(entries.filter((entry): entry is [string, string] => typeof entry[1] === "string"));
}
