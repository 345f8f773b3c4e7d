import { type JsonObject, listOf } from "./json.ts";
import { familyOf, type Result } from "./result.ts";

/**
 * The result of a chain in which genie isn't the first plugin: what was there before, then ours. Our DNS counts, if
 * there is one. Source: SPEC.md, "ADD Success".
 */
export function mergeResults(before: Result, ours: Result): Result {
  return {
    ...joinResults(before, ours),
    dns: Object.keys(ours.dns).length > 0 ? ours.dns : before.dns,
  };
}

/**
 * The result of two attachments, the first one first: what the second says of its interfaces by position moves.
 * Which is the domain says the first that has one; other DNS is that of both. Source: CNI-Genie, `mergeWithResult`.
 */
export function joinResults(one: Result, other: Result): Result {
  return {
    interfaces: [...one.interfaces, ...other.interfaces],
    ips: [...listMoved(one, 0), ...listMoved(other, one.interfaces.length)],
    routes: [...one.routes, ...other.routes],
    dns: joinDns(one.dns, other.dns),
  };
}

/**
 * Makes an attachment's result say for itself what it leaves to be guessed from where it stands: which interface has
 * its addresses, and by which gateway its routes lead. Source: CNI-Genie, `fixInterfaces`, `updateRoutes`.
 */
export function toStandalone(
  result: Result,
  at: { readonly ifName: string; readonly netns: string },
): Result {
  const hasNone = result.interfaces.length === 0 && result.ips.length > 0;
  return {
    ...result,
    interfaces: hasNone ? [{ name: at.ifName, sandbox: at.netns }] : result.interfaces,
    ips: hasNone ? result.ips.map((ip) => ({ ...ip, interface: 0 })) : result.ips,
    routes: result.routes.map((route) => withGateway(route, result)),
  };
}

/** A route without a gateway takes that of the first address of its family, unless it leads to its own link. */
function withGateway(route: JsonObject, { ips }: Result): JsonObject {
  const { gw, scope, dst } = route;
  if ((gw !== undefined && gw !== null) || scope !== undefined) return route;
  const found = ips.find(({ address, gateway }) => hasText(gateway) && familyOf(address) === familyOf(dst));
  return found === undefined ? route : { ...route, gw: found["gateway"] };
}

function hasText(value: unknown): boolean {
  return typeof value === "string" && value !== "";
}

/** The addresses when so many interfaces come before. A position that none has would mean somebody else's by then. */
function listMoved({ ips, interfaces }: Result, shift: number): readonly JsonObject[] {
  return ips.map((ip) => {
    const { interface: at, ...rest } = ip;
    if (typeof at !== "number" || at < 0) return ip;
    return at in interfaces ? { ...ip, interface: at + shift } : rest;
  });
}

const DNS_LISTS = ["nameservers", "search", "options"];

function joinDns(one: JsonObject, other: JsonObject): JsonObject {
  const lists = DNS_LISTS.flatMap((field): [string, readonly unknown[]][] => {
    const all = [...listOf(one[field]), ...listOf(other[field])];
    return all.length === 0 ? [] : [[field, [...new Set(all)]]];
  });
  return { ...other, ...one, ...Object.fromEntries(lists) };
}
