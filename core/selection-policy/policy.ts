import * as z from "zod";
import { Failure } from "../errors.ts";
import { grant } from "../networks/grant-config.ts";
import { namePattern } from "../networks/name-pattern.ts";
import { networkPattern } from "../networks/rule-name.ts";
import { selection } from "../select/selection-config.ts";
import { isJsonObject, toFieldName } from "../spec/json.ts";
import { strict } from "../strict-object.ts";
import { labelSelector } from "./label-selector.ts";

/**
 * The `spec` of a SelectionPolicy: which pods choose among which networks, with which modules. The definition in
 * `cni/deploy/crd` is made from it.
 */
export const policySpec = strict({
  /** Of two policies, the one with more; of equals, the one whose name comes first. */
  priority: z.number().int().min(-1_000_000).max(1_000_000).default(0),
  /** All that are given must fit; none: every pod. */
  pods: strict({
    namespaces: z.array(namePattern).min(1).max(64).optional(),
    namespaceSelector: labelSelector.optional(),
    selector: labelSelector.optional(),
  }).prefault({}),
  /** By name, or by what the admin says of them; absent: all. */
  networks: strict({
    names: z.array(networkPattern).max(64).default([]),
    selector: labelSelector.optional(),
  }).optional(),
  /** As `genie.selection` of the node's configuration, in whose place it stands. */
  selection: selection.optional(),
  /** What these pods may ask for: these networks, and of their fields these. */
  grants: z
    .array(grant.omit({ namespaces: true }))
    .min(1)
    .max(64)
    .optional(),
  /** True: the networks that a pod names count for nothing, and genie chooses. */
  override: z.boolean().optional(),
});

export type PolicySpec = z.infer<typeof policySpec>;

export interface SelectionPolicy extends PolicySpec {
  readonly name: string;
}

/**
 * Reads an object as the API server has it.
 *
 * @throws {Failure} invalidConfig naming the policy and every field that is wrong: a rule that can't be read isn't
 * passed over.
 */
export function parseSelectionPolicy(object: unknown): SelectionPolicy {
  const { metadata, spec = {} } = isJsonObject(object) ? object : {};
  const name = isJsonObject(metadata) ? metadata["name"] : undefined;
  if (typeof name !== "string") throw new Failure("invalidConfig", "a SelectionPolicy has no name");
  const parsed = policySpec.safeParse(spec);
  if (parsed.success) return { ...parsed.data, name };
  const faults = parsed.error.issues.map(
    ({ path, message }) => `${toFieldName(["spec", ...path])}: ${message}`,
  );
  throw new Failure("invalidConfig", `SelectionPolicy ${name}: ${faults.join("; ")}`);
}
