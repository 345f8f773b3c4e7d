import * as z from "zod";
import type { NodeNetwork } from "./candidates.ts";
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

/**
 * What the admin's rules call a network: by its name, where its configuration lies on the node; `namespace/name`, where
 * a definition has it. Whoever writes a definition chooses its name, and the name in it.
 */
export function toRuleName({ network, definition }: NodeNetwork): string {
  return definition !== undefined && isConfigured(definition)
    ? `${definition.namespace}/${definition.name}`
    : network.name;
}
