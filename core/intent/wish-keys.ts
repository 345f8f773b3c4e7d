import { DEFAULT_NETWORK, NETWORKS } from "./npwg/keys.ts";

/** The annotations by which a pod asks for networks. */
const WISH_KEYS: readonly string[] = ["cni", "networks", NETWORKS, DEFAULT_NETWORK];
const OWN_PREFIX = "cni-genie.github.io/";

/**
 * Is this the key of a wish? Asked where wishes stand among what others say for other ends: Mesos' labels and
 * CNI_ARGS.
 */
export function isWishKey(key: string): boolean {
  return WISH_KEYS.includes(key) || key.startsWith(OWN_PREFIX);
}
