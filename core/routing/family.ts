import type { JsonObject } from "../spec/json.ts";
import { familyOf, type Result } from "../spec/result.ts";

export type Family = ReturnType<typeof familyOf>;

export const FAMILIES: readonly Family[] = ["4", "6"];

/** True for a route to everywhere. */
export function isDefaultRoute({ dst }: JsonObject): boolean {
  return typeof dst === "string" && /^[\d.:a-f]+\/0$/i.test(dst);
}

export function isDefaultRouteOf(route: JsonObject, families: readonly Family[]): boolean {
  return isDefaultRoute(route) && families.includes(familyOf(route["dst"]));
}

/** The families in which this result has a default route. */
export function listDefaultFamilies({ routes }: Pick<Result, "routes">): readonly Family[] {
  return FAMILIES.filter((family) => routes.some((route) => isDefaultRouteOf(route, [family])));
}
