import type { Definition } from "../cluster.ts";
import type { GenieConfig } from "../config.ts";
import { isSystemPod, type Pod } from "../intent/pod.ts";
import type { GrantField } from "./grant-config.ts";
import { matchesAny } from "./name-pattern.ts";
import { type NamedByRules, toRuleName } from "./rule-name.ts";

/** On a NetworkAttachmentDefinition: whose pods may use it besides those of its own namespace, as a list of patterns. */
const ALLOWED_NAMESPACES = "cni-genie.github.io/allowed-namespaces";

/** Whose wish is judged, by which rules. */
export interface Asker {
  readonly pod: Pod;
  readonly rules: Pick<GenieConfig, "grants" | "namespaceIsolation" | "globalNamespaces">;
}

/**
 * Why the pod may not use a network so; undefined when it may. Pods that keep the cluster alive need no grant.
 * Source: NPWG v1.3, §7.4.
 */
export function findDenial(
  one: NamedByRules,
  fields: readonly GrantField[],
  asker: Asker,
): string | undefined {
  const { definition } = one;
  const isolation = definition === undefined ? undefined : findIsolation(definition, asker);
  if (isolation !== undefined || isSystemPod(asker.pod)) return isolation;
  return findUngranted(toRuleName(one), fields, asker);
}

/** True for a definition that the pod may be attached to, so that it may be told its name. */
export function mayUse(definition: Definition, asker: Asker): boolean {
  return findDenial({ network: definition, definition }, [], asker) === undefined;
}

/** Why an object of another namespace isn't for this pod. Its own word counts more than the rule for all objects. */
export function findIsolation(
  { namespace, annotations }: Pick<Definition, "namespace" | "annotations">,
  { pod, rules }: Asker,
): string | undefined {
  if (namespace === pod.namespace) return undefined;
  const allowed = annotations.get(ALLOWED_NAMESPACES);
  if (allowed !== undefined) {
    const patterns = allowed.split(",").map((pattern) => pattern.trim());
    return matchesAny(pod.namespace, patterns)
      ? undefined
      : `its annotation ${ALLOWED_NAMESPACES} doesn't name namespace ${pod.namespace}`;
  }
  if (!rules.namespaceIsolation || rules.globalNamespaces.includes(namespace)) return undefined;
  return `namespaces are isolated: pods of namespace ${pod.namespace} may not use those of ${namespace}`;
}

function findUngranted(
  network: string,
  fields: readonly GrantField[],
  { pod, rules }: Asker,
): string | undefined {
  if (rules.grants.length === 0) return undefined;
  const own = rules.grants.filter(
    ({ namespaces, networks }) => matchesAny(pod.namespace, namespaces) && matchesAny(network, networks),
  );
  if (own.length === 0) return `namespace ${pod.namespace} has no grant for network ${network}`;
  const field = fields.find((one) => !own.some(({ may }) => may.includes(one)));
  return field === undefined
    ? undefined
    : `${field}: namespace ${pod.namespace} has no grant for this field of network ${network}`;
}
