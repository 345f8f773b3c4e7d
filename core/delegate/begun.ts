import { Failure } from "../errors.ts";
import type { Exec, PluginOutcome } from "../ports.ts";
import { findJsonObject } from "../spec/json.ts";

/** An Exec that knows how far a chain came. */
export interface CountingExec extends Exec {
  /** How many plugins have been handed an ADD that may have made something. */
  readonly countBegun: () => number;
}

/**
 * Counts the ADDs. A plugin that isn't there, that doesn't speak the network's version (code 1), or that isn't run
 * since it is genie itself, has made nothing, and its DEL would fail as its ADD did, for ever.
 */
export function countAdds(exec: Exec): CountingExec {
  let begun = 0;
  return {
    has: (plugin, path) => exec.has(plugin, path),
    run: async (call, signal) => {
      if (call.verb !== "ADD") return await exec.run(call, signal);
      begun++;
      try {
        const outcome = await exec.run(call, signal);
        if (hasMadeNothing(outcome)) begun--;
        return outcome;
      } catch (error) {
        if (isRefused(error)) begun--;
        throw error;
      }
    },
    countBegun: () => begun,
  };
}

function isRefused(error: unknown): boolean {
  return error instanceof Failure && error.kind === "invalidConfig";
}

function hasMadeNothing(outcome: PluginOutcome): boolean {
  if (outcome.ended === "notFound") return true;
  return outcome.ended === "exited" && findJsonObject(outcome.stdout)?.["code"] === 1;
}
