import * as z from "zod";
import type { Definition } from "../cluster.ts";
import { isConfigured } from "./definition.ts";

/** Of networks, by what toRuleName calls them. */
export const networkPattern = z
  .string()
  .min(1)
  .max(317)
  .regex(
    /^[^\s/]+(\/[^\s/]+)?$/,
    "must be a network of the node, or `namespace/name` of a definition; `*` is for any characters but `/`",
  );

/** As much of a NodeNetwork as rules go by. */
export interface NamedByRules {
  readonly network: { readonly name: string };
  readonly definition?: Definition;
}

/**
 * What the admin's rules call a network: by its name, where its configuration lies on the node; `namespace/name`, where
 * a definition has it. Whoever writes a definition chooses its name, and the name in it.
 */
export function toRuleName({ network, definition }: NamedByRules): string {
  return definition !== undefined && isConfigured(definition)
    ? `${definition.namespace}/${definition.name}`
    : network.name;
}
