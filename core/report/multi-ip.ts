import type { Made } from "../delegate/attach-all.ts";
import { toResult } from "../spec/result.ts";

/** The annotation in which CNI-Genie tells the addresses of a pod with several networks. */
export const MULTI_IP = "multi-ip-preferences";

/**
 * The text of `multi-ip-preferences`: each attachment's first address, bare, under `ip1`, `ip2` … in the order of
 * attachment; the keys in the order in which Go writes a map. An attachment without an address has no entry.
 * Source: CNI-Genie, genie-networkstatus.go.
 */
export function formatMultiIp(made: readonly Made[]): string {
  const entries = made.flatMap(({ ifName, result }) => {
    const address = toResult(result).ips[0]?.["address"];
    return typeof address === "string" ? [{ ip: address.replace(/\/.*$/, ""), interface: ifName }] : [];
  });
  const numbered = entries.map((entry, at) => [`ip${at + 1}`, entry] as const);
  const ips = Object.fromEntries(numbered.toSorted(([one], [other]) => (one < other ? -1 : 1)));
  return JSON.stringify({ multi_entry: entries.length, ips });
}
