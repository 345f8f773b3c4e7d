import type { Network, PluginConfig } from "../../spec/network.ts";

/** The field in which a plugin is told its link. Other plugins, such as weave's, choose theirs by themselves. */
const LINK_FIELDS: ReadonlyMap<string, string> = new Map([
  ["macvlan", "master"],
  ["ipvlan", "master"],
  ["vlan", "master"],
  ["host-device", "device"],
]);

/** The network on this link of the node, where its plugin is told one; else as it is. */
export function moveToLink(network: Network, link: string | undefined): Network {
  if (link === undefined) return network;
  return { ...network, plugins: network.plugins.map((plugin) => moveOne(plugin, link)) };
}

function moveOne({ type, config }: PluginConfig, link: string): PluginConfig {
  const field = LINK_FIELDS.get(type);
  return { type, config: field === undefined ? config : { ...config, [field]: link } };
}
