import ipaddr from "ipaddr.js";
import { Failure } from "../errors.ts";
import { toJson } from "../printable.ts";

/** Of a text that is no subnet, so much is shown. */
const SHOWN = 64;

/**
 * Checks a subnet from which pods get addresses, as host-local reads it: IPv4 or IPv6, at least four addresses.
 *
 * @throws {Failure} invalidConfig naming the place.
 */
export function parseSubnet(text: string, place: string): void {
  const shown = `${place} ${toJson(text.slice(0, SHOWN))}`;
  if (!isSubnet(text)) throw new Failure("invalidConfig", `${shown} is no subnet, such as 10.32.20.0/24`);
  const [address, prefix] = ipaddr.parseCIDR(text);
  if (prefix > address.toByteArray().length * 8 - 2) {
    throw new Failure("invalidConfig", `${shown} has no address for a pod beside the gateway's`);
  }
  const first = toFirst(text).toString();
  if (address.toString() !== first) {
    throw new Failure("invalidConfig", `${shown} has bits of a host`, {
      details: `did you mean ${first}/${prefix}?`,
    });
  }
}

/** Only what Go reads as one: no octal, no hexadecimal, no parts left out. */
export function isSubnet(text: unknown): text is string {
  if (typeof text !== "string" || !ipaddr.isValidCIDR(text)) return false;
  const address = text.slice(0, text.indexOf("/"));
  return ipaddr.IPv6.isValid(address) || ipaddr.IPv4.isValidFourPartDecimal(address);
}

/** Both are subnets. */
export function isInside(inner: string, outer: string): boolean {
  return (
    ipaddr.parseCIDR(inner)[1] >= ipaddr.parseCIDR(outer)[1] && hasAddress(outer, toFirst(inner).toString())
  );
}

/** True when an address is of both. */
export function areOverlapping(one: string, other: string): boolean {
  return isInside(one, other) || isInside(other, one);
}

/** True when `text` is an address of this subnet. */
export function hasAddress(subnet: string, text: unknown): boolean {
  if (typeof text !== "string" || !ipaddr.isValid(text)) return false;
  const address = ipaddr.parse(text);
  const range = ipaddr.parseCIDR(subnet);
  return address.kind() === range[0].kind() && address.match(range);
}

/** The subnet's first address that a pod or a gateway may have. */
export function toFirstUsable(subnet: string): string {
  return step(toFirst(subnet), 1);
}

/** The subnet's last one; that of IPv4 is for all, and nobody's. */
export function toLastUsable(subnet: string): string {
  const [address, prefix] = ipaddr.parseCIDR(subnet);
  const host = toBytes(prefix, address.toByteArray().length).map((byte) => ~byte & 0xff);
  const last = ipaddr.fromByteArray(
    toFirst(subnet)
      .toByteArray()
      .map((byte, at) => byte | (host[at] ?? 0)),
  );
  return last.kind() === "ipv4" ? step(last, -1) : last.toString();
}

function toFirst(subnet: string): ipaddr.IPv4 | ipaddr.IPv6 {
  const [address, prefix] = ipaddr.parseCIDR(subnet);
  const mask = toBytes(prefix, address.toByteArray().length);
  return ipaddr.fromByteArray(address.toByteArray().map((byte, at) => byte & (mask[at] ?? 0)));
}

/** A mask with so many ones at its beginning. */
function toBytes(ones: number, length: number): readonly number[] {
  return Array.from({ length }, (_, at) => 0xff & ~(0xff >> Math.min(8, Math.max(0, ones - at * 8))));
}

/** The address one further, or one before; never over the end of the last byte, since subnets begin and end evenly. */
function step(address: ipaddr.IPv4 | ipaddr.IPv6, by: 1 | -1): string {
  const bytes = address.toByteArray();
  return ipaddr
    .fromByteArray(bytes.map((byte, at) => (at === bytes.length - 1 ? byte + by : byte)))
    .toString();
}
