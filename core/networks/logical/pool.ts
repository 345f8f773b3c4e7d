import { Failure } from "../../errors.ts";
import { isJsonObject, type JsonObject } from "../../spec/json.ts";
import { hasAddress, isInside, isSubnet, toFirstUsable, toLastUsable } from "../subnet.ts";

/** What is narrowed to what, and for whom. */
export interface Narrowing {
  readonly subnet: string;
  readonly place: string;
  readonly network: string;
}

interface PoolNarrowing extends Narrowing {
  /** The network's own plugin is the gateway: it takes any address that it is told. */
  readonly isGateway: boolean;
}

/**
 * host-local's configuration with addresses of this subnet alone, in place of the set of ranges of which it is a part;
 * sets for other addresses stay. Both forms are read: `subnet` itself, and `ranges`. The same when the subnet is all
 * that there was.
 *
 * @throws {Failure} invalidConfig when it is a part of none.
 */
export function narrowPool(ipam: JsonObject, narrowing: PoolNarrowing): JsonObject {
  const { subnet: whole, ranges } = ipam;
  const sets = Array.isArray(ranges) ? ranges : [];
  if (whole === undefined && sets.length === 0) return { ...ipam, subnet: narrowing.subnet };
  if (findRange([ipam], narrowing) !== undefined) {
    const { rangeStart: _start, rangeEnd: _end, gateway: _gateway, ...rest } = ipam;
    return whole === narrowing.subnet ? ipam : { ...rest, ...narrowRange(ipam, narrowing) };
  }
  for (const [at, set] of sets.entries()) {
    const range = findRange(set, narrowing);
    if (range === undefined) continue;
    if (range["subnet"] === narrowing.subnet && set.length === 1) return ipam;
    return { ...ipam, ranges: sets.with(at, [narrowRange(range, narrowing)]) };
  }
  const known = [ipam, ...sets.flat()].map((range) => range?.subnet).filter(isSubnet);
  const { place, subnet, network } = narrowing;
  throw new Failure("invalidConfig", `${place}: ${subnet} is not part of network ${network}`, {
    details: `its subnets: ${known.slice(0, 8).join(", ")}`,
  });
}

function findRange(set: unknown, { subnet }: Narrowing): JsonObject | undefined {
  const ranges = Array.isArray(set) ? set.filter(isJsonObject) : [];
  return ranges.find((range) => isSubnet(range["subnet"]) && isInside(subnet, range["subnet"]));
}

/**
 * A range for the part. A gateway that stands outside of it and isn't the plugin's is out of its pods' reach: there,
 * the pods stay in the whole subnet, and only the addresses that they get are of the part.
 */
function narrowRange(range: JsonObject, { subnet, isGateway }: PoolNarrowing): JsonObject {
  const { subnet: whole, gateway, rangeStart, rangeEnd } = range;
  const bounds = {
    ...(hasAddress(subnet, rangeStart) ? { rangeStart } : {}),
    ...(hasAddress(subnet, rangeEnd) ? { rangeEnd } : {}),
  };
  if (hasAddress(subnet, gateway)) return { subnet, gateway, ...bounds };
  if (isGateway || gateway === undefined || gateway === "") return { subnet, ...bounds };
  const all = { rangeStart: toFirstUsable(subnet), rangeEnd: toLastUsable(subnet) };
  return { subnet: whole, gateway, ...all, ...bounds };
}
