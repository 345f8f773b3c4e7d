import { Failure } from "../errors.ts";

/** CNI versions in which this plugin is configured and answers, oldest first. */
export const CNI_VERSIONS = ["0.1.0", "0.2.0", "0.3.0", "0.3.1", "0.4.0", "1.0.0", "1.1.0"] as const;
export type CniVersion = (typeof CNI_VERSIONS)[number];

/** Source: pkg/version/plugin.go, `ParseVersion`. */
const VERSION = /^\d{1,9}(\.\d{1,9}){0,2}$/;

/** In what an error is answered before the configuration's own version is known. */
export const ANSWER_VERSION = "1.0.0" satisfies CniVersion;

/** A configuration without cniVersion means the first one. Source: SPEC.md 0.4.0, "Network Configuration". */
export const IMPLIED_VERSION = "0.1.0" satisfies CniVersion;

/** True when `version` is `least` or newer. What is no version at all is older than any. */
export function isAtLeast(version: string, least: CniVersion): boolean {
  return VERSION.test(version) && compareVersions(version, least) >= 0;
}

/** The newest of these versions that is served; the others may be of a later specification. */
export function findNewestServed(versions: readonly string[]): CniVersion | undefined {
  return CNI_VERSIONS.findLast((served) => versions.includes(served));
}

function compareVersions(one: string, other: string): number {
  const [parts, others] = [one, other].map((text) => text.split(".").map(Number));
  const differences = [0, 1, 2].map((at) => (parts?.[at] ?? 0) - (others?.[at] ?? 0));
  return differences.find((difference) => difference !== 0) ?? 0;
}

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
