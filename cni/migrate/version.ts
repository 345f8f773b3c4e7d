import { ANSWER_VERSION, isAtLeast } from "../../core/spec/versions.ts";
import type { Converted } from "./rule.ts";

/** A version whose results have a list of addresses and tell their interfaces. */
export function raiseVersion(version: string): Converted {
  if (isAtLeast(version, "0.3.1")) return { config: { cniVersion: version } };
  return { config: { cniVersion: ANSWER_VERSION }, fate: "converted" };
}
