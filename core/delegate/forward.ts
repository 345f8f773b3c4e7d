import type { AddPorts } from "../ports.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { toStdin } from "./chain.ts";
import { runSilent } from "./run.ts";

export interface Forwarding {
  readonly network: Network;
  readonly path: readonly string[];
  /** What the runtime adds to the configuration for this verb. */
  readonly more: JsonObject;
}

/**
 * Asks every plugin of a network a verb that is about no container, in the order of ADD.
 *
 * @throws the first plugin's error.
 */
export async function forward(
  verb: "STATUS" | "GC",
  { network, path, more }: Forwarding,
  { exec, signal }: Pick<AddPorts, "exec" | "signal">,
): Promise<void> {
  const nobody = { containerId: "", netns: "", ifName: "", args: "" };
  for (const plugin of network.plugins) {
    const stdin = toStdin(plugin, network, more);
    await runSilent({ ...nobody, verb, plugin: plugin.type, path, stdin }, exec, signal);
  }
}
