import type { JsonObject } from "../spec/json.ts";
import { CNI_VERSIONS } from "../spec/versions.ts";

/** What VERSION answers, in the version in which it was asked. Source: SPEC.md, "VERSION". */
export function version(cniVersion: string): JsonObject {
  return { cniVersion, supportedVersions: CNI_VERSIONS };
}
