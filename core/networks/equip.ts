import type { Asks } from "../intent/asks.ts";
import { isJsonObject, type JsonObject } from "../spec/json.ts";
import type { NodeNetwork } from "./candidates.ts";

/**
 * The network with what the pod asks for, and its device, in the configuration of each plugin: `cni-args` over
 * `args.cni`, and the device under the names that plugins know. Source: NPWG v1.3, §4.1.2.1.6; Multus, `deviceID`.
 */
export function equip(one: NodeNetwork, { cniArgs }: Asks = {}): NodeNetwork {
  const { deviceId } = one;
  if (cniArgs === undefined && deviceId === undefined) return one;
  const device = deviceId === undefined ? {} : { deviceID: deviceId, pciBusID: deviceId };
  const plugins = one.network.plugins.map(({ type, config }) => ({
    type,
    config: { ...config, ...device, ...(cniArgs !== undefined && { args: mergeArgs(config, cniArgs) }) },
  }));
  return { ...one, network: { ...one.network, plugins } };
}

function mergeArgs({ args }: JsonObject, cniArgs: JsonObject): JsonObject {
  const given = isJsonObject(args) ? args : {};
  const cni = isJsonObject(given["cni"]) ? given["cni"] : {};
  return { ...given, cni: { ...cni, ...cniArgs } };
}
