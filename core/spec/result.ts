import ipaddr from "ipaddr.js";
import { isJsonObject, type JsonObject, listOf } from "./json.ts";
import { type CniVersion, hasIpFamily, isBeforeIpList } from "./versions.ts";

/** A plugin's result in the shape of CNI 1.x. Source: SPEC.md, "Success". */
export interface Result {
  /** `ips` refer to these by position. */
  readonly interfaces: readonly JsonObject[];
  readonly ips: readonly JsonObject[];
  readonly routes: readonly JsonObject[];
  readonly dns: JsonObject;
}

const DNS_FIELDS = ["nameservers", "domain", "search", "options"];
const IP_FIELDS = ["interface", "address", "gateway"];
const INTERFACE_FIELDS = ["name", "mac", "sandbox"];
/** Came with 1.1.0; the reference library writes them in 1.0.0 too, since the types are the same. */
const NEW_INTERFACE_FIELDS = ["mtu", "socketPath", "pciID"];
const OLD_ROUTE_FIELDS = ["dst", "gw"];
/** What came with 1.1.0 the reference library writes since 0.3.0: readers pass over what they don't know. */
const ROUTE_FIELDS = [...OLD_ROUTE_FIELDS, "mtu", "advmss", "priority", "table", "scope"];

/**
 * A plugin's result in another CNI version: `raw` itself when that is its version already, so that what we don't
 * know is kept. Else what the new version has no word for is left out. A result that doesn't say its version is in
 * the one in which the plugin was spoken to. Source: pkg/types/{020,040,100}/types.go; pkg/invoke/exec.go,
 * `fixupResultVersion`.
 */
export function convertResult(raw: JsonObject, to: CniVersion, spoken: CniVersion = to): JsonObject {
  const { cniVersion = "" } = raw;
  if (cniVersion === to) return raw;
  if ((cniVersion === "" ? spoken : cniVersion) === to) return { ...raw, cniVersion: to };
  return writeResult(toResult(raw), to);
}

/** Reads a result of any CNI version. What is no object where one has to be counts as absent. */
export function toResult(raw: JsonObject): Result {
  const dns = pick(isJsonObject(raw["dns"]) ? raw["dns"] : {}, DNS_FIELDS);
  const families = [raw["ip4"], raw["ip6"]].filter(isJsonObject);
  if (families.length > 0) return { ...toLists(families), interfaces: [], dns };
  return {
    interfaces: listOf(raw["interfaces"]).map((one) => (isJsonObject(one) ? one : {})),
    ips: readIps(raw["ips"]),
    routes: readRoutes(raw["routes"]),
    dns,
  };
}

/** The result as the caller's CNI version writes it. */
export function writeResult(result: Result, cniVersion: CniVersion): JsonObject {
  if (isBeforeIpList(cniVersion)) return { cniVersion, ...writeFamilies(result), dns: result.dns };
  const { interfaces, ips, routes, dns } = result;
  const isOld = hasIpFamily(cniVersion);
  const interfaceFields = isOld ? INTERFACE_FIELDS : [...INTERFACE_FIELDS, ...NEW_INTERFACE_FIELDS];
  return {
    cniVersion,
    interfaces: interfaces.map((one) => pick(one, interfaceFields)),
    ips: ips.map((ip) => ({
      ...(isOld ? { version: familyOf(ip["address"]) } : {}),
      ...pick(ip, IP_FIELDS),
    })),
    routes: routes.map((route) => pick(route, ROUTE_FIELDS)),
    dns,
  };
}

/** `ip4` and `ip6` of 0.1.0 and 0.2.0 as the lists of later versions. */
function toLists(families: readonly JsonObject[]): Pick<Result, "ips" | "routes"> {
  return {
    ips: readIps(families.map(({ ip, gateway }) => ({ address: ip, gateway }))).map((ip) =>
      pick(ip, IP_FIELDS),
    ),
    routes: families.flatMap(({ routes }) => readRoutes(routes)),
  };
}

/**
 * 0.1.0 and 0.2.0 know one address of each family, with the routes of that family. A result without any address has
 * neither: the reference library refuses it, but the attachment is there and must not be lost.
 */
function writeFamilies({ ips, routes }: Result): JsonObject {
  const family = (version: "4" | "6") => {
    const first = ips.find(({ address }) => familyOf(address) === version);
    if (first === undefined) return {};
    const own = routes.filter(({ dst }) => familyOf(dst) === version);
    const { address: ip, gateway } = first;
    const written = {
      ...pick({ ip, gateway }, ["ip", "gateway"]),
      routes: own.map((route) => pick(route, OLD_ROUTE_FIELDS)),
    };
    return { [`ip${version}`]: written };
  };
  return { ...family("4"), ...family("6") };
}

function readIps(value: unknown): readonly JsonObject[] {
  return listOf(value)
    .filter(isJsonObject)
    .filter(({ address }) => typeof address === "string");
}

function readRoutes(value: unknown): readonly JsonObject[] {
  return listOf(value)
    .filter(isJsonObject)
    .filter(({ dst }) => typeof dst === "string");
}

/** Of an address or a prefix. An IPv4 address that is written as IPv6, such as `::ffff:10.0.0.1`, is IPv4, as in Go's `IP.To4`. */
export function familyOf(cidr: unknown): "4" | "6" {
  const address = String(cidr).split("/")[0] ?? "";
  if (!ipaddr.IPv6.isValid(address)) return "4";
  // ipaddr.js also takes the deprecated `::10.0.0.1` for one, which has no group `ffff`
  return /ffff:/i.test(address) && ipaddr.IPv6.parse(address).isIPv4MappedAddress() ? "4" : "6";
}

/** The fields that are there, in this order; null is Go's way to write an absent one. */
function pick(from: JsonObject, fields: readonly string[]): JsonObject {
  const present = fields.filter(
    (field) => Object.hasOwn(from, field) && from[field] !== undefined && from[field] !== null,
  );
  return Object.fromEntries(present.map((field) => [field, from[field]]));
}
