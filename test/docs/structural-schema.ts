/** What of JSON Schema a CustomResourceDefinition takes. Source: Kubernetes, "Specifying a structural schema". */
import { BLOBS } from "../../core/select/pod-keys.ts";
import { isJsonObject, type JsonObject } from "../../core/spec/json.ts";

/** An object whose keys nobody knows beforehand. */
const ANY_KEYS = { type: "object", "x-kubernetes-preserve-unknown-fields": true };

/** What a value may be isn't said by one type; selection-policies.yaml of cni/deploy holds what it must be. */
const ANY_VALUE = { "x-kubernetes-preserve-unknown-fields": true };

const NO_BLOBS = {
  rule: `self.all(key, !(key in [${BLOBS.map((key) => `'${key}'`).join(", ")}]))`,
  message: "what holds a whole object is shown to no module",
};

/** What zod holds in code, said once more in CEL; by the name of the field. */
const RULES: Readonly<Record<string, { readonly rule: string; readonly message: string }>> = {
  module: {
    rule: "self.matches('@sha256:[a-f0-9]{64}$')",
    message: "must be pinned by digest (…@sha256:…); `geniectl inspect` shows it",
  },
  labels: NO_BLOBS,
  annotations: NO_BLOBS,
  matchExpressions: {
    rule: "self.all(one, (one.operator in ['In', 'NotIn']) == (has(one.values) && one.values.size() > 0))",
    message: "In and NotIn take values, Exists and DoesNotExist take none",
  },
};

/** The schema without what a definition may not have: defaults are the node's to fill in. */
export function toStructural(schema: JsonObject, field = ""): JsonObject {
  const { default: _default, additionalProperties, properties, items, pattern, ...rest } = schema;
  if ("anyOf" in rest) return ANY_VALUE;
  const rule = RULES[field];
  return {
    ...rest,
    ...(pattern !== undefined && rule === undefined && { pattern }),
    ...toValues(additionalProperties),
    ...(isJsonObject(properties) && { properties: toProperties(properties) }),
    ...(isJsonObject(items) && { items: toStructural(items) }),
    ...(rule !== undefined && { "x-kubernetes-validations": [rule] }),
  };
}

function toProperties(properties: JsonObject): JsonObject {
  return Object.fromEntries(
    Object.entries(properties).map(([name, schema]) => [
      name,
      toStructural(isJsonObject(schema) ? schema : {}, name),
    ]),
  );
}

function toValues(additional: unknown): JsonObject {
  if (!isJsonObject(additional)) return {}; // false: the API server takes no other key by itself
  return "$ref" in additional ? ANY_KEYS : { additionalProperties: toStructural(additional) };
}
