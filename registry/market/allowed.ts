import type { Reference } from "../reference.ts";

/**
 * Whether a repository that a catalogue names may be asked. Whoever may write the catalogue could otherwise have this
 * server send requests to wherever they like.
 * @param prefixes of `host/repository`, in whole segments; none: the catalogue's own registry.
 */
export function isAllowed(
  repository: string,
  { prefixes, catalogue }: { prefixes: readonly string[]; catalogue: Reference },
): boolean {
  const allowed = prefixes.length === 0 ? [catalogue.host] : prefixes;
  return allowed.some((prefix) => `${repository}/`.startsWith(`${prefix.replace(/\/+$/, "")}/`));
}
