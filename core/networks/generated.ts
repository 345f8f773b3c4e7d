import { Failure } from "../errors.ts";
import { findJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";
import type { ConfFolder, NodeNetworks } from "./candidates.ts";
import { areOverlapping, isSubnet } from "./subnet.ts";

/** Set in a configuration that genie wrote for a pod that named a plugin. Others get that network only by its name. */
const MARK = "io.github.cni-genie.generated";

/** What the node's routes say. */
export interface HostRoutes {
  /** The node's addresses and every destination that it has a route to, but the default. */
  readonly subnets: readonly string[];
  /** What a link leads to by itself, without a gateway. */
  readonly onLinks: readonly { readonly link: string; readonly subnet: string }[];
  /** Over which the node reaches everything else. */
  readonly defaultLink: string | undefined;
}

interface Template {
  /** The network's name; those are CNI-Genie's. */
  readonly name: string;
  /** The first that is free is taken. No two templates share one, so that two calls never take the same. */
  readonly subnets: readonly string[];
  /** The link that its plugin makes, where it makes one. */
  readonly link?: string;
  /** @throws {Failure} unknownNetwork when the node lacks what it takes. */
  readonly fields: (routes: HostRoutes, from: string) => JsonObject;
}

const OWN_BRIDGE = "genie0";

/** By the plugin, which is what pods call them. Source: CNI-Genie, plugins/bridge.go, plugins/macvlan.go. */
const TEMPLATES: ReadonlyMap<string, Template> = new Map<string, Template>([
  [
    "bridge",
    {
      name: "mybridgenet",
      subnets: toSubnets([10, 11, 12, 13], "172.28.0.0/16", "192.168.192.0/20"),
      link: OWN_BRIDGE,
      fields: () => ({ bridge: OWN_BRIDGE, isGateway: true }),
    },
  ],
  [
    "macvlan",
    {
      name: "macvlannet",
      subnets: toSubnets([20, 21, 22, 23], "172.29.0.0/16", "192.168.208.0/20"),
      fields: ({ defaultLink }, from) => ({ master: requireLink(defaultLink, from), mode: "bridge" }),
    },
  ],
]);

function toSubnets(seconds: readonly number[], ...others: readonly string[]): readonly string[] {
  return [...seconds.map((second) => `10.${second}.0.0/16`), ...others];
}

function requireLink(link: string | undefined, from: string): string {
  if (link !== undefined) return link;
  throw new Failure(
    "unknownNetwork",
    `${from}: no network is called macvlan, and the node has no default route`,
    {
      details: "without one, nobody knows on which link it is to be: write 10-macvlan.conf with its master",
    },
  );
}

/** The programs that its plugins are; undefined where genie makes no configuration for that name. */
export function findPrograms(plugin: string): readonly string[] | undefined {
  return TEMPLATES.has(plugin) ? [plugin, "host-local"] : undefined;
}

export interface Generating {
  /** Who wants it, for messages. */
  readonly from: string;
  readonly plugin: string;
  readonly folder: ConfFolder;
  readonly routes: HostRoutes;
}

/**
 * The configuration of a network for a plugin that has none, with the first subnet of the plugin's that neither the
 * node nor a file of the conf folder has to do with; or with that of the link that such a network has left, where its
 * file was removed: the link still has the gateway's address, and takes no other.
 *
 * @throws {Failure} unknownNetwork when there is none, or the node lacks what else it takes.
 */
export function planGenerated({ from, plugin, folder, routes }: Generating): JsonObject {
  const template = TEMPLATES.get(plugin);
  if (template === undefined) throw new Error(`genie makes no configuration for ${plugin}`);
  const configured = folder.files.flatMap(({ text }) => findSubnets(text));
  const findFree = (subnets: readonly string[], taken: readonly string[]) =>
    subnets.find((one) => !taken.some((other) => areOverlapping(one, other)));
  const left = routes.onLinks.filter(({ link }) => link === template.link).map((one) => one.subnet);
  const again = template.subnets.filter((one) => left.includes(one));
  const subnet =
    findFree(again, configured) ?? findFree(template.subnets, [...routes.subnets, ...configured]);
  if (subnet === undefined) {
    throw new Failure(
      "unknownNetwork",
      `${from}: no network is called ${plugin}, and no subnet is free for one`,
      {
        details: `in use on the node or in its conf folder: ${template.subnets.join(", ")}`,
      },
    );
  }
  return {
    cniVersion: "0.4.0",
    name: template.name,
    type: plugin,
    ...template.fields(routes, from),
    ipam: { type: "host-local", subnet },
    [MARK]: true,
  };
}

/** Whatever in a configuration reads as a subnet, wherever it stands: routes count as much as ranges. */
function findSubnets(text: string): readonly string[] {
  const file = findJsonObject(text);
  return file !== undefined && isNestedWithin(file, MOST_LEVELS) ? listTexts(file).filter(isBounded) : [];
}

function listTexts(value: unknown): readonly unknown[] {
  return typeof value === "object" && value !== null ? Object.values(value).flatMap(listTexts) : [value];
}

/** The default route is everybody's. */
function isBounded(value: unknown): value is string {
  return isSubnet(value) && !value.endsWith("/0");
}

/** The networks that somebody configured: of these, one may be had without asking for it by name. */
export function listConfigured({ networks, skipped }: NodeNetworks): NodeNetworks {
  return { networks: networks.filter(({ network }) => !isGenerated(network)), skipped };
}

function isGenerated({ plugins }: Network): boolean {
  return plugins.some(({ config }) => config[MARK] === true);
}
