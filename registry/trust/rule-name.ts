import { DOCKER_HUB } from "../reference.ts";

/** Names of one registry. Source: distribution/reference, normalize.go. */
const DOCKER_HUB_NAMES = ["index.docker.io", "registry-1.docker.io"];

/**
 * `host`, `host/repository` or `*` as rules, references and signatures are compared: hosts are the same whatever the
 * case, and with the port that they have anyway.
 */
export function toRuleName(name: string): string {
  return name.replace(/^[^/]*/, (host) => {
    const small = host.toLowerCase().replace(/:443$/, "");
    return DOCKER_HUB_NAMES.includes(small) ? DOCKER_HUB : small;
  });
}
