import type { JsonObject } from "../spec/json.ts";
import { familyOf, type Result } from "../spec/result.ts";

export type Family = ReturnType<typeof familyOf>;

export const FAMILIES: readonly Family[] = ["4", "6"];

/** The main routing table, by its number or by none. Source: SPEC.md 1.1.0, `routes`; rtnetlink(7). */
const MAIN_TABLES: readonly unknown[] = [undefined, null, 0, 254];

/** True for a route to everywhere by which a packet goes that no rule sends elsewhere. */
export function isDefaultRoute({ dst, table }: JsonObject): boolean {
  return typeof dst === "string" && /^[\d.:a-f]+\/0$/i.test(dst) && MAIN_TABLES.includes(table);
}

export function isDefaultRouteOf(route: JsonObject, families: readonly Family[]): boolean {
  return isDefaultRoute(route) && families.includes(familyOf(route["dst"]));
}

/** The families in which this result has a default route. */
export function listDefaultFamilies({ routes }: Pick<Result, "routes">): readonly Family[] {
  return FAMILIES.filter((family) => routes.some((route) => isDefaultRouteOf(route, [family])));
}
