import type { ObjectRef } from "../../core/cluster.ts";
import { isObjectName } from "../../core/intent/object-name.ts";

/** Objects of the cluster that aren't Kubernetes' own. */
export interface Kind {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
}

/** Source: NPWG multi-network specification v1.3, §3.1. */
export const DEFINITION = {
  group: "k8s.cni.cncf.io",
  version: "v1",
  plural: "network-attachment-definitions",
} as const satisfies Kind;

/** Source: CNI-Genie, network-crd.go. */
export const LOGICAL = {
  group: "alpha.network.k8s.io",
  version: "v1",
  plural: "logicalnetworks",
} as const satisfies Kind;

export const PHYSICAL = { ...LOGICAL, plural: "physicalnetworks" } as const satisfies Kind;

/** Our own; not within a namespace. */
export const SELECTION_POLICY = {
  group: "cni-genie.github.io",
  version: "v1alpha1",
  plural: "selectionpolicies",
} as const satisfies Kind;

/** Nothing else can be there; and as part of a path, it leads nowhere else. */
export function isNameable({ namespace, name }: ObjectRef): boolean {
  return isObjectName(namespace) && isObjectName(name);
}
