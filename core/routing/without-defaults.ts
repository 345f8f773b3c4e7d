import { isJsonObject, type JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { FAMILIES, type Family, isDefaultRouteOf } from "./family.ts";

/**
 * The network whose plugins make no default route of these families, as far as its configuration decides that: the
 * `routes` of its IPAM, and bridge's `isDefaultGateway`. Made, a second default route would take the pod's traffic
 * over (IPv4), or a share of it (IPv6), or its plugin would fail.
 */
export function withoutDefaults(network: Network, families: readonly Family[]): Network {
  if (families.length === 0) return network;
  const plugins = network.plugins.map(({ type, config }) => ({ type, config: strip(config, families) }));
  return { ...network, plugins };
}

/** The default routes that this leaves out. */
export function listConfiguredDefaults({ plugins }: Network): readonly JsonObject[] {
  const routes = plugins.flatMap(({ config }) => listRoutes(config));
  return routes.filter((route) => isDefaultRouteOf(route, FAMILIES));
}

function strip(config: JsonObject, families: readonly Family[]): JsonObject {
  const { ipam } = config;
  const routes = isJsonObject(ipam) ? ipam["routes"] : undefined;
  const isKept = (route: unknown) => !isJsonObject(route) || !isDefaultRouteOf(route, families);
  return {
    ...config,
    ...(isJsonObject(ipam) && Array.isArray(routes)
      ? { ipam: { ...ipam, routes: routes.filter(isKept) } }
      : {}),
    ...(isAll(families) && config["isDefaultGateway"] === true
      ? { isGateway: true, isDefaultGateway: false }
      : {}),
  };
}

/** bridge knows no families. */
function isAll(families: readonly Family[]): boolean {
  return FAMILIES.every((family) => families.includes(family));
}

function listRoutes({ ipam }: JsonObject): readonly JsonObject[] {
  const routes: unknown = isJsonObject(ipam) ? ipam["routes"] : [];
  return Array.isArray(routes) ? routes.filter(isJsonObject) : [];
}
