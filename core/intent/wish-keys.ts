/** The annotations by which a pod asks for networks. */
const WISH_KEYS: readonly string[] = [
  "cni",
  "networks",
  "k8s.v1.cni.cncf.io/networks",
  "v1.multus-cni.io/default-network",
];
const OWN_PREFIX = "cni-genie.github.io/";

/**
 * Is this the key of a wish? Asked where wishes stand among what others say for other ends: Mesos' labels and
 * CNI_ARGS.
 */
export function isWishKey(key: string): boolean {
  return WISH_KEYS.includes(key) || key.startsWith(OWN_PREFIX);
}
