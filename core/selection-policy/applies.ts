import { matchesAny } from "../networks/name-pattern.ts";
import { type Labels, selects } from "./label-selector.ts";
import type { SelectionPolicy } from "./policy.ts";

/** What policies go by. A pod's owner sets its labels, but not the namespace's. */
export interface PodScope {
  readonly namespace: string;
  readonly labels: Labels;
  readonly namespaceLabels: Labels;
}

/** The policies that are about this pod, the weightiest first; the same in whatever order they come. */
export function listApplicable(
  policies: readonly SelectionPolicy[],
  pod: PodScope,
): readonly SelectionPolicy[] {
  return policies.filter((policy) => isAbout(policy, pod)).toSorted(compareWeight);
}

/** What of the pod and its namespace the policies go by, and has to be asked for. */
export function listNeeded(policies: readonly SelectionPolicy[]): {
  readonly labels: boolean;
  readonly namespaceLabels: boolean;
} {
  return {
    labels: policies.some(({ pods }) => pods.selector !== undefined),
    namespaceLabels: policies.some(({ pods }) => pods.namespaceSelector !== undefined),
  };
}

function isAbout({ pods }: SelectionPolicy, pod: PodScope): boolean {
  const { namespaces, namespaceSelector, selector } = pods;
  return (
    (namespaces === undefined || matchesAny(pod.namespace, namespaces)) &&
    (namespaceSelector === undefined || selects(namespaceSelector, pod.namespaceLabels)) &&
    (selector === undefined || selects(selector, pod.labels))
  );
}

function compareWeight(one: SelectionPolicy, other: SelectionPolicy): number {
  if (one.priority !== other.priority) return other.priority - one.priority;
  return one.name < other.name ? -1 : 1;
}
