import type { Asks } from "../intent/asks.ts";
import { toCapabilityArgs } from "../networks/asked-capabilities.ts";
import { type Invocation, toArgMap } from "../spec/environment.ts";
import type { JsonObject } from "../spec/json.ts";

interface Handed {
  readonly invocation: Invocation;
  readonly runtimeConfig: JsonObject;
}

/**
 * What the plugins of one attachment get besides their configuration: what the runtime says, which is for the main
 * interface alone, and what the pod asks of this attachment, which beats it. Source: NPWG v1.3, §7.5.
 */
export function toHanded(
  asks: Asks = {},
  { invocation, runtimeConfig, isMain }: Handed & { isMain: boolean },
): Handed {
  return {
    invocation: { ...invocation, args: toArgs(asks, invocation.args, isMain) },
    runtimeConfig: { ...(isMain ? runtimeConfig : {}), ...toCapabilityArgs(asks) },
  };
}

/** What a runtime says in CNI_ARGS of the one interface that it asks for. Source: plugins `host-local`, `static`, `macvlan`. */
const OF_MAIN = ["IP", "GATEWAY", "MAC"];

/**
 * Address and MAC in CNI_ARGS too, where plugins that know no capability look for them. Several addresses can't stand
 * there: host-local takes one.
 */
function toArgs({ ips = [], mac }: Asks, args: string, isMain: boolean): string {
  const [ip, ...others] = ips;
  const asked = [
    ...(ip !== undefined && others.length === 0 ? [["IP", ip] as const] : []),
    ...(mac === undefined ? [] : [["MAC", mac] as const]),
  ];
  const gone = [
    ...(isMain ? [] : OF_MAIN),
    ...(ip === undefined ? [] : ["IP"]),
    ...(mac === undefined ? [] : ["MAC"]),
  ];
  const given = args.split(";").filter((pair) => !gone.some((key) => pair.startsWith(`${key}=`)));
  if (asked.length === 0) return given.join(";");
  const tolerance = toArgMap(args).has("IgnoreUnknown") ? [] : ["IgnoreUnknown=1"];
  const pairs = given.filter((pair) => pair !== "");
  return [...tolerance, ...pairs, ...asked.map(([key, value]) => `${key}=${value}`)].join(";");
}
