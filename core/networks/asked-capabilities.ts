import type { Asks } from "../intent/asks.ts";
import { isDeclared } from "../spec/capabilities.ts";
import type { JsonObject } from "../spec/json.ts";
import type { Network } from "../spec/network.ts";

/** By capability what a plugin that declares it must get. Source: NPWG v1.3, §4.1.2.1.3 to 4.1.2.1.10. */
export function toCapabilityArgs(asks: Asks): JsonObject {
  const { ips, mac, portMappings, bandwidth, infinibandGuid } = asks;
  const asked = { ips, mac, portMappings, bandwidth, infinibandGUID: infinibandGuid };
  return Object.fromEntries(Object.entries(asked).filter(([, value]) => value !== undefined));
}

/** A capability that is asked for, and that no plugin of the network has. */
export function findMissingCapability(asks: Asks, { plugins }: Network): string | undefined {
  const asked = Object.keys(toCapabilityArgs(asks));
  return asked.find((name) => !plugins.some(({ config }) => isDeclared(config, name)));
}
