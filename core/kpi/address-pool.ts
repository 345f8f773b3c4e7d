import ipaddr from "ipaddr.js";
import { isJsonObject, type JsonObject } from "../spec/json.ts";

/** Addresses from `first` to `last`, of one family, without the gateway. */
interface Range {
  readonly bits: 32 | 128;
  readonly first: bigint;
  readonly last: bigint;
  readonly gateway: bigint;
}

/** One set of ranges; host-local gives every pod one address out of each set. */
type RangeSet = readonly Range[];

/** How full the addresses of a network are. */
export interface PoolUse {
  /** 0 to 1, of the fullest range set: that one runs out first. */
  readonly occupancy: number;
  readonly freeAddresses: number;
  readonly subnets: number;
}

/**
 * Computes the use of a host-local pool from its configuration and the addresses that its store holds.
 * Undefined when the configuration has no range that host-local would accept.
 * Source: plugins/ipam/host-local/backend/allocator (config.go, range.go).
 */
export function findPoolUse(ipam: JsonObject, usedAddresses: readonly string[]): PoolUse | undefined {
  const sets = readRangeSets(ipam);
  if (sets.length === 0) return undefined;
  const used = usedAddresses.filter((text) => ipaddr.isValid(text)).map(toNumber);
  const uses = sets.map((set) => {
    const size = set.reduce((sum, range) => sum + sizeOf(range), 0n);
    const taken = used.filter((address) => set.some((range) => isIn(address, range))).length;
    return { size: Number(size), taken };
  });
  return {
    occupancy: Math.max(...uses.map(({ size, taken }) => (size === 0 ? 1 : taken / size))),
    freeAddresses: Math.min(...uses.map(({ size, taken }) => Math.max(0, size - taken))),
    subnets: sets.reduce((sum, set) => sum + set.length, 0),
  };
}

/** `subnet` at the top level is a set of its own before those of `ranges`. */
function readRangeSets(ipam: JsonObject): readonly RangeSet[] {
  const listed = Array.isArray(ipam["ranges"]) ? ipam["ranges"].filter((set) => Array.isArray(set)) : [];
  const sets: readonly unknown[][] = "subnet" in ipam ? [[ipam], ...listed] : listed;
  return sets.map((set) => set.filter(isJsonObject).flatMap(readRange)).filter((set) => set.length > 0);
}

function readRange({ subnet, rangeStart, rangeEnd, gateway }: JsonObject): Range[] {
  if (typeof subnet !== "string" || !ipaddr.isValidCIDR(subnet)) return [];
  const [address, prefix] = ipaddr.parseCIDR(subnet);
  const bits = address.kind() === "ipv4" ? 32 : 128;
  if (bits - prefix < 2) return [];
  const size = 1n << BigInt(bits - prefix);
  const base = (toNumber(address.toString()).value / size) * size;
  const broadcast = bits === 32 ? 1n : 0n;
  return [
    {
      bits,
      first: numberOr(rangeStart, base + 1n),
      last: numberOr(rangeEnd, base + size - 1n - broadcast),
      gateway: numberOr(gateway, base + 1n),
    },
  ];
}

interface AddressNumber {
  readonly bits: 32 | 128;
  readonly value: bigint;
}

function toNumber(text: string): AddressNumber {
  const bytes = ipaddr.parse(text).toByteArray();
  return {
    bits: bytes.length === 4 ? 32 : 128,
    value: bytes.reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n),
  };
}

function numberOr(text: unknown, fallback: bigint): bigint {
  return typeof text === "string" && ipaddr.isValid(text) ? toNumber(text).value : fallback;
}

function sizeOf({ first, last, gateway }: Range): bigint {
  const whole = last < first ? 0n : last - first + 1n;
  return gateway >= first && gateway <= last ? whole - 1n : whole;
}

function isIn({ bits, value }: AddressNumber, range: Range): boolean {
  return bits === range.bits && value >= range.first && value <= range.last && value !== range.gateway;
}
