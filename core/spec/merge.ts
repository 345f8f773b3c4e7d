import type { JsonObject } from "./json.ts";
import type { Result } from "./result.ts";

/**
 * The result of a chain in which genie isn't the first plugin: what was there before, then ours. Ours refer to
 * their interfaces by position, which moves. Source: SPEC.md, "ADD Success".
 */
export function mergeResults(before: Result, ours: Result): Result {
  const shift = before.interfaces.length;
  return {
    interfaces: [...before.interfaces, ...ours.interfaces],
    ips: [...before.ips, ...ours.ips.map((ip) => moveIp(ip, shift))],
    routes: [...before.routes, ...ours.routes],
    dns: Object.keys(ours.dns).length > 0 ? ours.dns : before.dns,
  };
}

function moveIp(ip: JsonObject, shift: number): JsonObject {
  const { interface: at } = ip;
  return typeof at === "number" && at >= 0 ? { ...ip, interface: at + shift } : ip;
}
