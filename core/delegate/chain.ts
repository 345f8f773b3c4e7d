import type { Exec, PluginCall, UndoStep } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import { isJsonObject } from "../spec/json.ts";
import type { Network, PluginConfig } from "../spec/network.ts";
import { runAdd, runDel } from "./run.ts";

/** Where and for whom a chain runs: what all its plugins have in common. */
export type ChainCall = Omit<PluginCall, "verb" | "plugin" | "stdin">;

export interface ChainPorts {
  readonly exec: Exec;
  readonly signal: AbortSignal;
}

/**
 * The DELs that undo a network's chain, last plugin first. Known before anything runs, so that they can be on
 * disk before the act; `prevResult` is the final result of ADD, absent when it never came.
 */
export function planUndo(network: Network, more: InjectedFields): readonly UndoStep[] {
  return network.plugins
    .toReversed()
    .map((plugin) => ({ plugin: plugin.type, stdin: toStdin(plugin, network, more) }));
}

/** Runs the chain forward, handing each plugin the result of the one before. @returns the last one's result. */
export async function addChain(
  { network, call, runtimeConfig }: { network: Network; call: ChainCall; runtimeConfig: JsonObject },
  { exec, signal }: ChainPorts,
): Promise<JsonObject> {
  let prevResult: JsonObject | undefined;
  for (const plugin of network.plugins) {
    const stdin = toStdin(plugin, network, { runtimeConfig, prevResult });
    prevResult = await runAdd({ ...call, verb: "ADD", plugin: plugin.type, stdin }, exec, signal);
  }
  return prevResult ?? {};
}

export interface UndoReport {
  /** The steps that failed, in the order in which they are to be tried again. */
  readonly left: readonly UndoStep[];
  readonly errors: unknown[];
}

/** Runs every undo step, going on past those that fail. */
export async function undoChain(
  { steps, call }: { steps: readonly UndoStep[]; call: ChainCall },
  { exec, signal }: ChainPorts,
): Promise<UndoReport> {
  const left: UndoStep[] = [];
  const errors: unknown[] = [];
  for (const step of steps) {
    try {
      await runDel({ ...call, ...step, verb: "DEL" }, exec, signal);
    } catch (error) {
      left.push(step);
      errors.push(error);
    }
  }
  return { left, errors };
}

/** What a runtime injects into a plugin's configuration. Source: SPEC.md, "Deriving execution configuration". */
interface InjectedFields {
  readonly runtimeConfig: JsonObject;
  readonly prevResult: JsonObject | undefined;
}

function toStdin({ config }: PluginConfig, { name, cniVersion }: Network, injected: InjectedFields): string {
  const { prevResult } = injected;
  const runtimeConfig = pickDeclared(config, injected.runtimeConfig);
  return JSON.stringify({
    ...config,
    name,
    cniVersion,
    ...(Object.keys(runtimeConfig).length > 0 ? { runtimeConfig } : {}),
    ...(prevResult === undefined ? {} : { prevResult }),
  });
}

/** Only the capabilities that the plugin declares, as libcni does. */
function pickDeclared({ capabilities }: JsonObject, runtimeConfig: JsonObject): JsonObject {
  const declared = isJsonObject(capabilities) ? capabilities : {};
  return Object.fromEntries(Object.entries(runtimeConfig).filter(([name]) => declared[name] === true));
}
