/** What a pod wants of the network, whoever said it and in whatever form. */
export type PodIntent =
  | { readonly wants: "named"; readonly network: string }
  | { readonly wants: "any"; readonly count: number }
  | { readonly wants: "default"; readonly network: string }
  /** Nobody said anything, and no module is configured that could choose. */
  | { readonly wants: "first" };
