import { Failure } from "../errors.ts";

/** CNI versions in which this plugin is configured and answers, oldest first. */
export const CNI_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type CniVersion = (typeof CNI_VERSIONS)[number];

/** In what an error is answered before the configuration's own version is known. */
export const ANSWER_VERSION = "1.0.0" satisfies CniVersion;

/** A configuration without cniVersion means the first one. Source: SPEC.md 0.4.0, "Network Configuration". */
export const IMPLIED_VERSION = "0.1.0" satisfies CniVersion;

/** @throws {Failure} incompatibleVersion */
export function parseCniVersion(version: string): CniVersion {
  const known = CNI_VERSIONS.find((one) => one === version);
  if (known !== undefined) return known;
  throw new Failure("incompatibleVersion", `cniVersion ${JSON.stringify(version)} is not served`, {
    details: `served: ${CNI_VERSIONS.join(", ")}`,
  });
}

/** True for the versions whose result has `ip4` and `ip6` in place of `ips`. */
export function isBeforeIpList(version: CniVersion): boolean {
  return version === "0.1.0" || version === "0.2.0";
}

/** True for the versions whose `ips` entries carry `version: "4" | "6"`. */
export function hasIpFamily(version: CniVersion): boolean {
  return version === "0.3.0" || version === "0.3.1" || version === "0.4.0";
}
