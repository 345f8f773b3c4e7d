import { Failure } from "../../errors.ts";
import { GRANTED_FIELDS } from "../../networks/grant-fields.ts";
import type { Asks } from "../asks.ts";
import type { Target, Wish } from "../intent.ts";
import type { Element } from "./element.ts";
import { ANY_NETWORK, COUNT, SELECTOR } from "./keys.ts";
import type { Placed } from "./parse.ts";
import { parseSelector } from "./selector.ts";

/** Fields that are about one attachment alone. */
const OF_ONE = [
  "ips",
  "mac",
  "interface",
  "portMappings",
  "default-route",
  "infiniband-guid",
  "deviceID",
] as const satisfies readonly (keyof Element)[];

/**
 * What one element wishes for. @param namespace of the object, where the element has none.
 *
 * @throws {Failure} invalidConfig for fields that don't go together.
 */
export function toWish({ place, element }: Placed, namespace: string): Wish {
  const gateways = element["default-route"];
  return {
    from: place,
    target: toTarget({ place, element }, element.namespace || namespace),
    ifName: element.interface,
    ...(gateways !== undefined && { gateways }),
    asks: toAsks(element),
    fields: GRANTED_FIELDS.filter((field) => element[field] !== undefined),
  };
}

function toTarget({ place, element }: Placed, namespace: string): Target {
  const { name, [SELECTOR]: selector, [COUNT]: count = 1 } = element;
  if (name !== ANY_NETWORK) {
    const own = [SELECTOR, COUNT].find((key) => Object.hasOwn(element, key));
    if (own !== undefined) fail(place, `${own}: only where the name is "${ANY_NETWORK}"`);
    return { wants: "definition", definition: { namespace, name } };
  }
  const single = count > 1 ? OF_ONE.find((field) => element[field] !== undefined) : undefined;
  if (single !== undefined) fail(place, `${single}: is about one attachment, and ${COUNT} is ${count}`);
  return { wants: "labelled", namespace, terms: parseSelector(selector ?? "", place), count };
}

function toAsks(element: Element): Asks {
  const { ips, mac, portMappings, bandwidth } = element;
  return {
    ips,
    mac,
    portMappings,
    bandwidth,
    infinibandGuid: element["infiniband-guid"],
    cniArgs: element["cni-args"],
    deviceId: element.deviceID,
    ipamClaim: element["ipam-claim-reference"],
  };
}

function fail(place: string, what: string): never {
  throw new Failure("invalidConfig", `${place}: ${what}`);
}
