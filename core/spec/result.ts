import ipaddr from "ipaddr.js";
import { isJsonObject, type JsonObject } from "./json.ts";
import { type CniVersion, hasIpFamily, isBeforeIpList } from "./versions.ts";

/** A plugin's result in the shape of CNI 1.x; unknown fields are kept. Source: SPEC.md, "Success". */
export interface Result {
  readonly interfaces: readonly unknown[];
  readonly ips: readonly JsonObject[];
  readonly routes: readonly unknown[];
  readonly dns: JsonObject;
}

/** Reads a result of any CNI version. */
export function toResult(raw: JsonObject): Result {
  const families = [raw["ip4"], raw["ip6"]].filter(isJsonObject);
  const dns = isJsonObject(raw["dns"]) ? raw["dns"] : {};
  if (families.length > 0) {
    return {
      interfaces: [],
      ips: families.map(({ ip, gateway }) => ({
        address: ip,
        ...(gateway === undefined ? {} : { gateway }),
      })),
      routes: families.flatMap(({ routes }) => (Array.isArray(routes) ? routes : [])),
      dns,
    };
  }
  return {
    interfaces: listOf(raw["interfaces"]),
    ips: listOf(raw["ips"]).filter(isJsonObject),
    routes: listOf(raw["routes"]),
    dns,
  };
}

/** The result as the caller's CNI version writes it. What that version can't say is left out. */
export function writeResult(result: Result, cniVersion: CniVersion): JsonObject {
  if (isBeforeIpList(cniVersion)) return { cniVersion, ...writeFamilies(result), dns: result.dns };
  const { interfaces, ips, routes, dns } = result;
  return { cniVersion, interfaces, ips: ips.map((ip) => writeIp(ip, cniVersion)), routes, dns };
}

/** 0.1.0 and 0.2.0 know one address of each family, with the routes of that family. */
function writeFamilies({ ips, routes }: Result): JsonObject {
  const family = (version: "4" | "6") => {
    const first = ips.find(({ address }) => familyOf(address) === version);
    if (first === undefined) return undefined;
    const own = routes.filter((route) => isJsonObject(route) && familyOf(route["dst"]) === version);
    const { address: ip, gateway } = first;
    return { ip, ...(gateway === undefined ? {} : { gateway }), routes: own };
  };
  const [ip4, ip6] = [family("4"), family("6")];
  return { ...(ip4 === undefined ? {} : { ip4 }), ...(ip6 === undefined ? {} : { ip6 }) };
}

function writeIp(ip: JsonObject, cniVersion: CniVersion): JsonObject {
  const { version: _, ...rest } = ip;
  return hasIpFamily(cniVersion) ? { version: familyOf(ip["address"]), ...rest } : rest;
}

function familyOf(cidr: unknown): "4" | "6" {
  const address = String(cidr).split("/")[0] ?? "";
  return ipaddr.IPv6.isValid(address) ? "6" : "4";
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
