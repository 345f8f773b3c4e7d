import type { Config } from "../config.ts";
import type { Made } from "../delegate/attach-all.ts";
import type { JsonObject } from "../spec/json.ts";
import { joinResults, mergeResults, toStandalone } from "../spec/merge.ts";
import { convertResult, toResult, writeResult } from "../spec/result.ts";
import { isBeforeIpList } from "../spec/versions.ts";

interface Asked {
  readonly netns: string;
  /** The container's main interface. */
  readonly main: string | undefined;
}

/**
 * What the runtime is told, in its version: all results in one, after what the chain before us has made. A single
 * result is told as its plugin gave it.
 */
export function toAnswer(
  made: readonly Made[],
  { prevResult, cniVersion }: Pick<Config, "prevResult" | "cniVersion">,
  { netns, main }: Asked,
): JsonObject {
  const [only, ...more] = made;
  if (only === undefined) throw new Error("nothing was attached");
  if (more.length === 0 && prevResult === undefined) {
    return convertResult(only.result, cniVersion, only.network.cniVersion);
  }
  const own = order(made, main, cniVersion)
    .map(({ result, ifName }) => toStandalone(toResult(result), { ifName, netns }))
    .reduce(joinResults);
  const whole = prevResult === undefined ? own : mergeResults(toResult(prevResult), own);
  return writeResult(whole, cniVersion);
}

/** 0.1.0 and 0.2.0 tell one address of each family: that must be one of the main interface. */
function order(
  made: readonly Made[],
  main: string | undefined,
  cniVersion: Config["cniVersion"],
): readonly Made[] {
  if (!isBeforeIpList(cniVersion)) return made;
  return [...made.filter(({ ifName }) => ifName === main), ...made.filter(({ ifName }) => ifName !== main)];
}
