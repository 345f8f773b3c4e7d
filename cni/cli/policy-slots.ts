import type { Cluster } from "../../core/cluster.ts";
import { parsePolicySource } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import type { SelectionPolicy } from "../../core/selection-policy/policy.ts";
import { readPolicies } from "../../core/selection-policy/rules.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { ModuleConfig } from "../../core/select/selection-config.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { openCluster } from "../cluster/cluster.ts";
import type { ConfigFile, ModuleSlot } from "./config-file.ts";
import { parseSlot } from "./module-place.ts";
import { toStdin } from "./plugin-config.ts";
import type { Shell } from "./shell.ts";

/**
 * The modules that the cluster's policies bring to a node with this configuration; none where they don't count for it.
 *
 * @throws {Failure} when the API server can't be asked, or has a policy that can't be read.
 * @throws {RegistryFailure} invalidReference, naming the policy and the field.
 */
export async function listPolicySlots(config: ConfigFile, shell: Shell): Promise<readonly ModuleSlot[]> {
  const { kubernetes, policy, genie } = parsePolicySource(toStdin(config));
  if (genie.policySource !== "cluster" || !genie.overridable) return [];
  shell.progress("asking the API server for SelectionPolicies …");
  const cluster = kubernetes && openCluster({ kubernetes, policy });
  const policies = await readKnown(cluster, shell.signal);
  const slots = policies.flatMap(toSlots);
  slots.forEach(parseSlot);
  return slots;
}

export interface FoundSlots {
  readonly slots: readonly ModuleSlot[];
  /** Why the modules of policies aren't among them. */
  readonly failure?: Error | undefined;
}

/** As listPolicySlots; what keeps them from being known is handed back, for who has other things to do first. */
export async function findPolicySlots(config: ConfigFile, shell: Shell): Promise<FoundSlots> {
  try {
    return { slots: await listPolicySlots(config, shell) };
  } catch (error) {
    if (error instanceof Failure || error instanceof RegistryFailure) return { slots: [], failure: error };
    throw error;
  }
}

/** The names of all modules of a configuration and of its cluster's policies; warns where those aren't known. */
export async function listModuleNames(config: ConfigFile, shell: Shell): Promise<readonly string[]> {
  const { slots, failure } = await findPolicySlots(config, shell);
  if (failure !== undefined) shell.warn(failure.message);
  return [...config.slots, ...slots].map(({ reference }) => reference);
}

async function readKnown(
  cluster: Cluster | undefined,
  signal: AbortSignal,
): Promise<readonly SelectionPolicy[]> {
  try {
    return await readPolicies({ cluster, signal });
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause;
    const message = `the modules of SelectionPolicies aren't known: ${cause.message}`;
    throw new Failure(cause.kind, message, { details: cause.details, cause });
  }
}

function toSlots({ name, selection }: SelectionPolicy): readonly ModuleSlot[] {
  if (selection === undefined) return [];
  const toSlot = (kind: ModuleKind, list: string) => (config: ModuleConfig, index: number) => ({
    owner: `SelectionPolicy ${name}`,
    at: ["spec", "selection", list, index, "module"],
    kind,
    reference: config.module,
    settings: config.settings,
  });
  return [
    ...selection.scorers.map(toSlot("scorer", "scorers")),
    ...selection.selector.map(toSlot("selector", "selector")),
  ];
}
