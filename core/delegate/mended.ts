import { listNetworks } from "../networks/candidates.ts";
import type { DelPorts, PluginStep } from "../ports.ts";
import { ROUTES_PLUGIN } from "../routing/acts.ts";
import { planSteps } from "./chain.ts";
import { isTold } from "./failures.ts";
import { findConfig } from "./own-config.ts";

/** A network's undo by its configuration of today, in place of steps that failed; none where that is the same. */
export type FindMended = (network: string, failed: readonly PluginStep[]) => Promise<readonly PluginStep[]>;

/**
 * For what never came to be. A mistake in a network's configuration fails its ADD, and the DEL that was written down
 * with it as well; runtimes, too, call DEL with the configuration of today where an ADD has failed.
 *
 * @param stdin the runtime's configuration.
 */
export function openMended(stdin: string, { confFolder }: Pick<DelPorts, "confFolder">): FindMended {
  return async (name, failed) => {
    const config = findConfig(stdin);
    if (config === undefined || failed.some(({ plugin }) => plugin === ROUTES_PLUGIN)) return [];
    const networks = await listToday(confFolder, config);
    const found = networks.find(({ network }) => network.name === name);
    if (found === undefined) return [];
    const { runtimeConfig = {} } = config;
    const today = planSteps(found.network, { runtimeConfig, prevResult: undefined });
    return failed.every((step) => today.some((one) => isSame(one, step))) ? [] : today;
  };
}

async function listToday(confFolder: DelPorts["confFolder"], config: Parameters<typeof listNetworks>[1]) {
  try {
    return listNetworks(await confFolder(), config).networks;
  } catch (error) {
    if (isTold(error)) return []; // what failed before is what the runtime must hear
    throw error;
  }
}

function isSame(one: PluginStep, other: PluginStep): boolean {
  return one.plugin === other.plugin && one.stdin === other.stdin;
}
