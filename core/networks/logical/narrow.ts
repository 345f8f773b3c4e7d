import { createHash } from "node:crypto";
import { Failure } from "../../errors.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import type { Network, PluginConfig } from "../../spec/network.ts";
import { narrowPool, type Narrowing } from "./pool.ts";

/** It gives addresses by itself, and reads the subnet where others have it for their IPAM plugin. */
const WEAVE = "weave-net";
const WEAVE_IPAMS: readonly unknown[] = [undefined, "", "weave", "weave-ipam"];

/**
 * The network with addresses of this subnet alone. It keeps its name: host-local notes by that name which addresses
 * are in use, so that no pod of the whole network gets one of them.
 *
 * @throws {Failure} invalidConfig when the subnet isn't the network's, or its IPAM takes none.
 */
export function narrowNetwork(network: Network, subnet: string, place: string): Network {
  const at = network.plugins.findIndex(({ config }) => isJsonObject(config["ipam"]));
  const giver = network.plugins[at === -1 ? 0 : at];
  if (giver === undefined) throw new Error("a network has a plugin");
  const config = narrowPlugin(giver, { subnet, place, network: network.name });
  const plugins = network.plugins.map((plugin) => (plugin === giver ? { ...plugin, config } : plugin));
  return { ...network, plugins };
}

function narrowPlugin({ type, config }: PluginConfig, narrowing: Narrowing): JsonObject {
  const ipam = isJsonObject(config["ipam"]) ? config["ipam"] : {};
  if (ipam["type"] === "host-local") {
    const isGateway = makesGateway({ type, config });
    const pool = narrowPool(ipam, { ...narrowing, isGateway });
    if (pool === ipam) return config;
    return {
      ...config,
      ipam: pool,
      ...(type === "bridge" && isGateway ? toOwnBridge(config, narrowing) : {}),
    };
  }
  if (type === WEAVE && WEAVE_IPAMS.includes(ipam["type"])) {
    return { ...config, ipam: { ...ipam, subnet: narrowing.subnet } };
  }
  const has =
    typeof ipam["type"] === "string"
      ? `the IPAM ${ipam["type"].slice(0, 64)}, which takes no subnet`
      : "no IPAM that takes a subnet";
  throw new Failure("invalidConfig", `${narrowing.place}: network ${narrowing.network} has ${has}`, {
    details: "subnets can be given to host-local and to weave; leave out sub_subnet",
  });
}

/** True when the plugin itself is the gateway, with an address that the subnet needs. */
function makesGateway({ type, config }: PluginConfig): boolean {
  if (type === "ptp") return true;
  return type === "bridge" && (config["isGateway"] === true || config["isDefaultGateway"] === true);
}

/** A bridge has one gateway's address of IPv4, so that each subnet takes a bridge. At most 15 characters. */
function toOwnBridge({ bridge }: JsonObject, { subnet }: Narrowing): JsonObject {
  const base = typeof bridge === "string" && bridge !== "" ? bridge : "cni0";
  const digest = createHash("sha256").update(`${base} ${subnet}`).digest("hex");
  return { bridge: `genie-${digest.slice(0, 8)}` };
}
