import ipaddr from "ipaddr.js";
import type { PluginStep } from "../ports.ts";
import { findJsonObject, type JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import { familyOf, type Result } from "../spec/result.ts";
import { type Family, FAMILIES, isDefaultRouteOf, listDefaultFamilies } from "./family.ts";

/** Our own program that arranges an interface's routes; found in CNI_PATH or beside us. */
export const ROUTES_PLUGIN = "genie-routes";

/** How the routes of one interface are arranged. */
export interface Routing {
  /** Another interface has, or is to have, the pod's default route of these families. */
  readonly without: readonly Family[];
  /** The pod's default routes, in place of those that the network brings. */
  readonly gateways: readonly string[];
  /** Number of the interface's own table, by which replies leave; undefined where it gets none. */
  readonly table: number | undefined;
  /** Is `genie-routes` there? */
  readonly hasProgram: boolean;
}

export interface Arranged {
  readonly ifName: string;
  /** What the last plugin answered. */
  readonly result: Result;
  /** The default routes that its network was to have. */
  readonly defaults: readonly JsonObject[];
}

/** A network whose admin put the plugin `sbr` into its chain has tables by that one, and none of ours. */
export function toFitting(routing: Routing, { plugins }: Pick<Network, "plugins">): Routing {
  return plugins.some(({ type }) => type === "sbr") ? { ...routing, table: undefined } : routing;
}

/**
 * What `genie-routes` is to do with the interface, in its words (cni/shim/routes/acts.rs); nothing for one without an
 * address, unless gateways were asked for, which fails then.
 */
export function planActs({ without, gateways, table }: Routing, arranged: Arranged): readonly string[] {
  const ips = listOwnIps(arranged);
  if (ips.length === 0 && gateways.length === 0) return [];
  const asked = FAMILIES.filter((family) => gateways.some((gateway) => familyOf(gateway) === family));
  const ways = FAMILIES.flatMap((family) => findGateway(family, { gateways, ips, ...arranged }));
  return [
    ...(table === undefined ? [] : [`table ${table}`]),
    ...(table === undefined ? [] : ways.map((gateway) => `default ${gateway}`)),
    ...(table === undefined ? [] : ips.map(({ address }) => `from ${address}`)),
    ...[...without, ...asked].map((family) => `undefault ${family}`),
    ...FAMILIES.flatMap((family) => planMainRoutes(gateways.filter((one) => familyOf(one) === family))),
  ];
}

/** The pod's default routes of one family: the first gateway, then the others for when its route is gone. */
function planMainRoutes(gateways: readonly string[]): readonly string[] {
  return gateways.map((gateway, at) => `gateway ${gateway} ${at === 0 ? 0 : BACKUP_METRIC + at}`);
}

/** Above the 1024 that IPv6 gives a default route without a metric. */
const BACKUP_METRIC = 2048;

/** What is known before there is an interface: all that undoing takes. */
export function planUndoSteps({ table }: Routing, network: string): readonly PluginStep[] {
  return table === undefined ? [] : [toRouteStep([`table ${table}`], network)];
}

/** The step that does this, if anything, and tells in ADD which default routes the interface has. */
export function toRouteStep(acts: readonly string[], network: string): PluginStep {
  const rest = { cniVersion: "1.0.0", name: network, type: ROUTES_PLUGIN };
  return { plugin: ROUTES_PLUGIN, stdin: JSON.stringify({ acts, ...rest }) }; // the acts first: it is no JSON parser
}

/** The families in which the interface may have a default route of which its plugins said nothing. */
export function listUntold({ without }: Routing, arranged: Arranged): readonly Family[] {
  const told = [...without, ...listDefaultFamilies(arranged.result)];
  const own = listOwnIps(arranged).map(({ address }) => familyOf(address));
  return FAMILIES.filter((family) => own.includes(family) && !told.includes(family));
}

/** The number of the table that a step made. */
export function findTable({ plugin, stdin }: PluginStep): number | undefined {
  const acts = plugin === ROUTES_PLUGIN ? findJsonObject(stdin)?.["acts"] : undefined;
  const table = Array.isArray(acts) ? /^table (\d+)$/.exec(String(acts[0]))?.[1] : undefined;
  return table === undefined ? undefined : Number(table);
}

interface OwnIp {
  readonly address: string;
  readonly gateway: string | undefined;
}

/** The addresses of the interface; one that says no interface counts, as it does for the plugin `sbr`. */
function listOwnIps({ ifName, result }: Arranged): readonly OwnIp[] {
  return result.ips.flatMap(({ address, gateway, interface: at }) => {
    const owner = typeof at === "number" ? result.interfaces[at]?.["name"] : undefined;
    const own = findAddress(address);
    if (own === undefined || isLinkLocal(own) || (owner !== undefined && owner !== ifName)) return [];
    return [{ address: own, gateway: findAddress(gateway) }];
  });
}

/** Where the interface's own default route leads: at most one address. */
function findGateway(
  family: Family,
  { gateways, result, defaults, ips }: Arranged & { gateways: readonly string[]; ips: readonly OwnIp[] },
): readonly string[] {
  const routes = [...result.routes, ...defaults].filter((route) => isDefaultRouteOf(route, [family]));
  const known = [
    ...gateways,
    ...routes.map(({ gw }) => findAddress(gw)),
    ...ips.map(({ gateway }) => gateway),
  ];
  return known
    .flatMap((gateway) => (gateway !== undefined && familyOf(gateway) === family ? gateway : []))
    .slice(0, 1);
}

/** The address in a text such as `10.0.0.5/24`, as the kernel writes it; plugins are other people's programs. */
function findAddress(text: unknown): string | undefined {
  const bare = typeof text === "string" ? (text.split("/")[0] ?? "") : "";
  const isAddress = ipaddr.IPv4.isValidFourPartDecimal(bare) || ipaddr.IPv6.isValid(bare);
  return isAddress && !bare.includes("%") ? ipaddr.process(bare).toString() : undefined;
}

function isLinkLocal(address: string): boolean {
  return ipaddr.parse(address).range() === "linkLocal" && familyOf(address) === "6";
}
