import type { Grant } from "../networks/grant-config.ts";
import { matchesAny } from "../networks/name-pattern.ts";
import type { SelectionConfig } from "../select/selection-config.ts";
import { listApplicable, type PodScope } from "./applies.ts";
import { type Labels, selects } from "./label-selector.ts";
import type { PolicySpec, SelectionPolicy } from "./policy.ts";

type NetworkRule = PolicySpec["networks"];

/** What the node's own configuration says. */
export interface FileRules {
  readonly selection: SelectionConfig;
  readonly grants: readonly Grant[];
  /** False: its selection and its grants stand, whatever policies say. */
  readonly overridable: boolean;
}

/** By which rules one pod gets its networks. */
export interface SelectionPlan {
  readonly selection: SelectionConfig;
  readonly grants: readonly Grant[];
  /** Among which networks; undefined: all of the node's. */
  readonly networks: NetworkRule;
  /** The networks that the pod names count for nothing. */
  readonly override: boolean;
  /** The policies that are about the pod, the weightiest first. */
  readonly policies: readonly string[];
}

/**
 * Each part comes from the weightiest policy that has it, and else from the file: a policy for all pods may give the
 * modules, and one with a higher priority the networks of some.
 */
export function planSelection(
  policies: readonly SelectionPolicy[],
  pod: PodScope,
  file: FileRules,
): SelectionPlan {
  const applicable = listApplicable(policies, pod);
  const overriding = file.overridable ? applicable : [];
  const granted = overriding.find(({ grants }) => grants !== undefined)?.grants;
  return {
    selection: overriding.find(({ selection }) => selection !== undefined)?.selection ?? file.selection,
    grants: granted?.map((grant) => ({ ...grant, namespaces: [pod.namespace] })) ?? file.grants,
    networks: applicable.find(({ networks }) => networks !== undefined)?.networks,
    override: applicable.find(({ override }) => override !== undefined)?.override ?? false,
    policies: applicable.map(({ name }) => name),
  };
}

/** May a pod with this plan be attached to this network at all? */
export function isAmong(rule: NetworkRule, network: { name: string; labels: Labels }): boolean {
  if (rule === undefined) return true;
  const { names, selector } = rule;
  return matchesAny(network.name, names) || (selector !== undefined && selects(selector, network.labels));
}
