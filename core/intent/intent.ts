/** What a pod wants of the network, whoever said it and in whatever form. */
export interface PodIntent {
  /** In the order of attachment; at least one. */
  readonly wishes: readonly Wish[];
  /** How interfaces without a name of their own are called: `eth0`, `eth1` …; or, after the first, `net1`, `net2` … by position. */
  readonly naming: "eth" | "net";
}

/** What is asked for in one place. */
export interface Wish {
  /** Where it stands, for messages, such as `annotation "cni", element 2`. */
  readonly from: string;
  readonly target: Target;
  /** The interface name that was asked for. */
  readonly ifName: string | undefined;
}

export type Target =
  | { readonly wants: "named"; readonly network: string }
  | { readonly wants: "any"; readonly count: number }
  | { readonly wants: "default"; readonly network: string }
  /** Nobody said anything, and no module is configured that could choose. */
  | { readonly wants: "first" };

/** How many interfaces a wish is for. */
export function countOf({ target }: Wish): number {
  return target.wants === "any" ? target.count : 1;
}
