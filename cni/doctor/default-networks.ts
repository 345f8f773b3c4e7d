import type { Config } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import type { NodeTarget, Wish } from "../../core/intent/intent.ts";
import { readDefaultIntent, readMoreDefaults } from "../../core/intent/genie.ts";
import type { NodeNetworks } from "../../core/networks/candidates.ts";
import { findPrograms } from "../../core/networks/generated.ts";
import { requireNetwork } from "../../core/networks/required.ts";
import { type Finding, problem } from "./check.ts";
import type { Subject } from "./subject.ts";

/** Of no system namespace, as most pods are. */
const ANY_POD = { namespace: "", name: "", uid: "" };

/** Are the networks there that the admin gives to pods? Without one of them, no pod can be attached. */
export async function checkDefaultNetworks({
  config,
  networks,
}: Pick<Subject, "config" | "networks">): Promise<readonly Finding[]> {
  if (config === undefined) return [];
  const known = await networks();
  return listDefaults(config).flatMap((wish) => findMissing(wish, known) ?? []);
}

function listDefaults(config: Config): readonly Wish<NodeTarget>[] {
  return [...readDefaultIntent(config).wishes, ...readMoreDefaults(ANY_POD, config)];
}

function findMissing({ from, target }: Wish<NodeTarget>, networks: NodeNetworks): Finding | undefined {
  if (target.wants !== "default" || findPrograms(target.network) !== undefined) return undefined;
  try {
    requireNetwork({ from, network: target.network }, networks);
    return undefined;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    const todo = `name one that is there, or bring its file: ${error.details}`;
    return problem("default network", { detail: error.message, todo });
  }
}
