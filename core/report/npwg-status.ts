import type { Made } from "../delegate/attach-all.ts";
import { toJson } from "../printable.ts";
import { isDefaultRoute } from "../routing/family.ts";
import { toDecidedBy } from "../select/decision.ts";
import { isNestedWithin, type JsonObject } from "../spec/json.ts";
import { familyOf, type Result, toResult } from "../spec/result.ts";
import { isBeforeIpList } from "../spec/versions.ts";

/** Where the NPWG's clients look for a pod's networks. Source: NPWG v1.3, §5. */
export const NETWORK_STATUS = "k8s.v1.cni.cncf.io/network-status";
/** Ours, in each element: who chose the network, and why. */
const DECISION = "io.github.cni-genie.decision";

/** All annotations of a pod have 256 KiB together. */
const MOST_CHARACTERS = 128 * 1024;
/** What one plugin may add to it: addresses and names, and the length of each. */
const MOST_ITEMS = 32;
const MOST_TEXT = 253;
/** Of what is known of a device. */
const MOST_LEVELS = 8;

/**
 * The text of the status annotation: an element for each interface in the pod, and one for an attachment without any.
 * What would be too long goes without our decisions. Source: NPWG v1.3, §5.1 to §5.3.
 */
export function formatNetworkStatus(made: readonly Made[]): string {
  const elements = made.flatMap((one, at) => toElements(one, at === 0));
  const text = toJson(elements);
  if (text.length <= MOST_CHARACTERS) return text;
  return toJson(
    elements.map(({ name, interface: ifName, default: isDefault }) => ({
      name,
      interface: ifName,
      default: isDefault,
    })),
  );
}

function toElements(one: Made, isFirst: boolean): readonly JsonObject[] {
  const result = toResult(one.result);
  const inside = result.interfaces.flatMap((link, at) => (isText(link["sandbox"]) ? [{ link, at }] : []));
  if (inside.length === 0 && isBeforeIpList(one.network.cniVersion)) {
    return [toElement({ one, result, ips: result.ips, link: { name: one.ifName } }, isFirst)]; // no word for it then
  }
  if (inside.length === 0) {
    const loose = result.ips.filter(({ interface: at }) => typeof at !== "number" || at < 0).slice(0, 1);
    return [toElement({ one, result, ips: loose }, isFirst)];
  }
  const main = Math.max(
    0,
    inside.findIndex(({ at }) => hasGateway(result, at)),
  );
  return inside.map(({ link, at }, position) => {
    const ips = result.ips.filter(({ interface: of = position === 0 ? at : undefined }) => of === at);
    return toElement({ one, result, ips, link }, isFirst && position === main);
  });
}

interface Part {
  readonly one: Made;
  readonly result: Result;
  /** Of this interface. */
  readonly ips: readonly JsonObject[];
  /** The interface, where there is one. */
  readonly link?: JsonObject;
}

function toElement({ one, result, ips, link = {} }: Part, isDefault: boolean): JsonObject {
  const { definition, network, planned, deviceInfo } = one;
  const { name, mac, mtu } = link;
  const gateways = listGateways(result, ips);
  return {
    name: definition === undefined ? network.name : `${definition.namespace}/${definition.name}`,
    ...(isText(name) && { interface: name }),
    ...(ips.length > 0 && { ips: toTexts(ips.map(({ address }) => String(address).replace(/\/.*$/, ""))) }),
    ...(isText(name) && isText(mac) && { mac: mac.slice(0, MOST_TEXT) }),
    ...(typeof mtu === "number" && { mtu }),
    default: isDefault,
    dns: toDns(result.dns),
    ...(gateways.length > 0 && { gateway: gateways }),
    ...(planned.wish.gateways !== undefined && { "default-route": planned.wish.gateways }),
    ...(isNestedWithin(deviceInfo, MOST_LEVELS) && deviceInfo !== undefined && { "device-info": deviceInfo }),
    [DECISION]: toDecision(one),
  };
}

function hasGateway({ ips }: Result, at: number): boolean {
  return ips.some(({ interface: of, gateway }) => of === at && isText(gateway));
}

/** Those of the default routes; one without a gateway goes by the first of the addresses' of its family. */
function listGateways({ routes }: Result, ips: readonly JsonObject[]): readonly string[] {
  const found = routes.filter(isDefaultRoute).flatMap(({ dst, gw }) => {
    if (isText(gw)) return [gw];
    const own = ips.find(({ gateway }) => isText(gateway) && familyOf(gateway) === familyOf(dst));
    return own === undefined ? [] : [String(own["gateway"])];
  });
  return toTexts([...new Set(found)]);
}

function toDns({ nameservers, domain, search }: JsonObject): JsonObject {
  return {
    ...(Array.isArray(nameservers) && { nameservers: toTexts(nameservers) }),
    ...(isText(domain) && { domain: domain.slice(0, MOST_TEXT) }),
    ...(Array.isArray(search) && { search: toTexts(search) }),
  };
}

function toDecision({ planned: { decision }, network }: Made): JsonObject {
  const ranked = decision.ranking.find((one) => one.network === network.name);
  const { score, reason = "" } = ranked ?? {};
  return { decidedBy: toDecidedBy(decision), reason, ...(score !== undefined && { score }) };
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "";
}

function toTexts(values: readonly unknown[]): readonly string[] {
  return values
    .filter(isText)
    .slice(0, MOST_ITEMS)
    .map((value) => value.slice(0, MOST_TEXT));
}
