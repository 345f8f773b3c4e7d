import type { ObjectRef } from "../cluster.ts";
import type { GrantField } from "../networks/grant-config.ts";
import type { LabelTerm } from "../networks/label-terms.ts";
import type { Asks } from "./asks.ts";

/** What a pod wants of the network, whoever said it and in whatever form. */
export interface PodIntent<Kind extends Target = Target> {
  /** In the order of attachment; at least one. */
  readonly wishes: readonly Wish<Kind>[];
  /** How interfaces without a name of their own are called: `eth0`, `eth1` …; or, after the first, `net1`, `net2` … by position. */
  readonly naming: "eth" | "net";
  /** Why an annotation of the pod counts for nothing. */
  readonly ignored?: string;
}

/** What is asked for in one place. */
export interface Wish<Kind extends Target = Target> {
  /** Where it stands, for messages, such as `annotation "cni", element 2`. */
  readonly from: string;
  readonly target: Kind;
  /** The interface name that was asked for. */
  readonly ifName: string | undefined;
  /**
   * Set where this attachment is to own the default route: by these gateways, or by its network's own where there are
   * none. Source: NPWG v1.3, §4.1.2.1.9.
   */
  readonly gateways?: readonly string[];
  readonly asks?: Asks;
  /** What of this wish takes a grant, once there are grants. */
  readonly fields?: readonly GrantField[];
}

/** What is wished for, wherever its configuration lies. */
export type Target =
  | NodeTarget
  /** A NetworkAttachmentDefinition. */
  | { readonly wants: "definition"; readonly definition: ObjectRef }
  /** A LogicalNetwork of the pod's namespace. */
  | { readonly wants: "logical"; readonly name: string }
  | LabelledTarget;

/** So many of the NetworkAttachmentDefinitions of one namespace that have these labels. */
export interface LabelledTarget {
  readonly wants: "labelled";
  readonly namespace: string;
  readonly terms: readonly LabelTerm[];
  readonly count: number;
}

/** What is taken from among networks that are at hand. */
export type NodeTarget =
  | { readonly wants: "named"; readonly network: string }
  | {
      readonly wants: "any";
      readonly count: number;
      /** The pod is told what was chosen, in its annotation `cni`, as CNI-Genie did. */
      readonly isNoted?: boolean;
      /** Nobody said anything: where no module decides, traffic doesn't either. */
      readonly isDefault?: boolean;
    }
  | { readonly wants: "default"; readonly network: string }
  /** Nobody said anything, and no module may decide; shadows are asked all the same. */
  | { readonly wants: "first" };

/** How many interfaces a wish is for. */
export function countOf({ target }: Wish): number {
  return target.wants === "any" || target.wants === "labelled" ? target.count : 1;
}
