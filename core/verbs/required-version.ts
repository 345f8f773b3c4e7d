import { Failure } from "../errors.ts";
import type { Verb } from "../spec/environment.ts";
import { type CniVersion, isAtLeast } from "../spec/versions.ts";

/**
 * A verb is refused for a configuration that is older than the verb, as the reference plugins do.
 *
 * @throws {Failure} incompatibleVersion
 */
export function requireVersion(verb: Verb, since: CniVersion, cniVersion: CniVersion): void {
  if (isAtLeast(cniVersion, since)) return;
  throw new Failure("incompatibleVersion", `cniVersion ${cniVersion} does not allow ${verb}`, {
    details: `${verb} came with ${since}`,
  });
}
