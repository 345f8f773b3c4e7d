import type { AddPorts, PluginCall, PluginStep } from "../ports.ts";
import { pickDeclared } from "../spec/capabilities.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network, PluginConfig } from "../spec/network.ts";
import { ROUTES_PLUGIN } from "../routing/acts.ts";
import { convertResult } from "../spec/result.ts";
import { isAtLeast } from "../spec/versions.ts";
import { isTold } from "./failures.ts";
import { runAdd, runSilent } from "./run.ts";

/** Where and for whom a chain runs: what all its plugins have in common. */
export type ChainCall = Omit<PluginCall, "verb" | "plugin" | "stdin">;

export type ChainPorts = Pick<AddPorts, "exec" | "signal">;

/** What a runtime injects into a plugin's configuration. Source: SPEC.md, "Deriving request configuration". */
interface InjectedFields {
  readonly runtimeConfig: JsonObject;
  readonly prevResult: JsonObject | undefined;
}

/**
 * What DEL and CHECK of each plugin get, in the order of ADD. Known before anything runs, so that it can be on disk
 * before the act; `prevResult` is the final result of ADD, absent when it never came, and before 0.4.0, where
 * neither verb has it.
 */
export function planSteps(
  network: Network,
  { runtimeConfig, prevResult }: InjectedFields,
): readonly PluginStep[] {
  const known = isAtLeast(network.cniVersion, "0.4.0") ? prevResult : undefined;
  return network.plugins.map((plugin) => ({
    plugin: plugin.type,
    stdin: toStdin(plugin, network, toInjected(plugin, { runtimeConfig, prevResult: known })),
  }));
}

/**
 * Runs the chain forward, handing each plugin the result of the one before, in the network's own version.
 *
 * @returns the last one's result.
 */
export async function addChain(
  { network, call, runtimeConfig }: { network: Network; call: ChainCall; runtimeConfig: JsonObject },
  { exec, signal }: ChainPorts,
): Promise<JsonObject> {
  let prevResult: JsonObject | undefined;
  for (const plugin of network.plugins) {
    const stdin = toStdin(plugin, network, toInjected(plugin, { runtimeConfig, prevResult }));
    const result = await runAdd({ ...call, verb: "ADD", plugin: plugin.type, stdin }, exec, signal);
    prevResult = convertResult(result, network.cniVersion);
  }
  return prevResult ?? {};
}

export interface UndoReport {
  /** The steps that failed, in the order of ADD. */
  readonly left: readonly PluginStep[];
  readonly errors: readonly unknown[];
}

/** Runs the DEL of every step, last plugin first, going on past those that fail. */
export async function undoChain(
  { steps, call }: { steps: readonly PluginStep[]; call: ChainCall },
  { exec, signal }: ChainPorts,
): Promise<UndoReport> {
  const left: PluginStep[] = [];
  const errors: unknown[] = [];
  for (const step of steps.toReversed()) {
    if (step.plugin === ROUTES_PLUGIN && call.netns === "") continue; // routes go with their namespace
    try {
      await runSilent({ ...call, ...step, verb: "DEL" }, exec, signal);
    } catch (error) {
      if (!isTold(error)) throw error; // the ledger still holds all of it
      left.unshift(step);
      errors.push(error);
    }
  }
  return { left, errors };
}

/** What the runtime adds for a plugin: of its capabilities those that the plugin declares. */
function toInjected({ config }: PluginConfig, { runtimeConfig, prevResult }: InjectedFields): JsonObject {
  const declared = pickDeclared(config, runtimeConfig);
  return {
    ...(Object.keys(declared).length > 0 ? { runtimeConfig: declared } : {}),
    ...(prevResult === undefined ? {} : { prevResult }),
  };
}

/** The configuration with which a plugin is run; what its author wrote besides stays as it is. */
export function toStdin(
  { config }: PluginConfig,
  { name, cniVersion }: Network,
  injected: JsonObject,
): string {
  return JSON.stringify({ ...config, name, cniVersion, ...injected });
}
