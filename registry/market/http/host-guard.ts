import { isIP } from "node:net";

/**
 * Whether a page may be asked for under this Host header. Another site can have its own name lead to us ("DNS
 * rebinding") and then read our answers as its own; it can't do so with an address, nor with a name that isn't its.
 */
export function isOwnHost(header: string | undefined, names: readonly string[]): boolean {
  const name = /^(?<name>\[[0-9a-f:.]+\]|[a-z0-9.-]+)(?::\d{1,5})?$/i.exec(header ?? "")?.groups?.["name"];
  if (name === undefined) return false;
  const plain = name.toLowerCase().replace(/^\[|\]$/g, "");
  return isIP(plain) !== 0 || plain === "localhost" || names.includes(plain);
}
