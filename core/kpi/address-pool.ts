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
 * Undefined when host-local would refuse the configuration: such a network has no address to give, and isn't empty.
 * Source: plugins/ipam/host-local/backend/allocator (config.go, range.go).
 */
export function findPoolUse(ipam: JsonObject, usedAddresses: readonly string[]): PoolUse | undefined {
  const sets = findRangeSets(ipam);
  if (sets === undefined) return undefined;
  const used = usedAddresses.filter(isAddress).map(toNumber);
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

/** `subnet` at the top level is a set of its own before those of `ranges`. One wrong range spoils them all. */
function findRangeSets(ipam: JsonObject): readonly RangeSet[] | undefined {
  const listed: unknown = ipam["ranges"] ?? [];
  if (!Array.isArray(listed)) return undefined;
  const sets = ("subnet" in ipam ? [[ipam], ...listed] : listed).map(findRangeSet);
  if (sets.length === 0 || !sets.every((set) => set !== undefined)) return undefined;
  return hasOverlap(sets.flat()) ? undefined : sets;
}

function findRangeSet(set: unknown): RangeSet | undefined {
  if (!Array.isArray(set) || set.length === 0) return undefined;
  const ranges = set.map((range: unknown) => (isJsonObject(range) ? findRange(range) : undefined));
  if (!ranges.every((range) => range !== undefined)) return undefined;
  return ranges.every(({ bits }) => bits === ranges[0]?.bits) ? ranges : undefined;
}

function findRange({ subnet, rangeStart, rangeEnd, gateway }: JsonObject): Range | undefined {
  if (typeof subnet !== "string" || !isAddress(subnet.split("/")[0] ?? "") || !ipaddr.isValidCIDR(subnet))
    return undefined;
  const [address, prefix] = ipaddr.parseCIDR(subnet);
  const { bits, value: base } = toNumber(address.toString());
  const size = 1n << BigInt(bits - prefix);
  if (size < 4n || base % size !== 0n) return undefined;
  const end = base + size - 1n;
  const first = findNumber(rangeStart, bits, base + 1n);
  const last = findNumber(rangeEnd, bits, bits === 32 ? end - 1n : end);
  const routerAt = findNumber(gateway, bits, base + 1n);
  if (first === undefined || last === undefined || routerAt === undefined) return undefined;
  return first < base || last > end || first > last ? undefined : { bits, first, last, gateway: routerAt };
}

function hasOverlap(ranges: RangeSet): boolean {
  const sorted = ranges.toSorted((a, b) => a.bits - b.bits || (a.first < b.first ? -1 : 1));
  return sorted.some(({ bits, first }, at) => {
    const before = sorted[at - 1];
    return before !== undefined && before.bits === bits && before.last >= first;
  });
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

/** The address as a number; undefined when it is none of that family. */
function findNumber(text: unknown, bits: 32 | 128, whenAbsent: bigint): bigint | undefined {
  if (text === undefined || text === null || text === "") return whenAbsent;
  if (typeof text !== "string" || !isAddress(text)) return undefined;
  const found = toNumber(text);
  return found.bits === bits ? found.value : undefined;
}

/** Only what Go reads as an address: no octal, no hexadecimal, no parts left out. */
function isAddress(text: string): boolean {
  return ipaddr.IPv6.isValid(text) || ipaddr.IPv4.isValidFourPartDecimal(text);
}

function sizeOf({ first, last, gateway }: Range): bigint {
  const whole = last - first + 1n;
  return gateway >= first && gateway <= last ? whole - 1n : whole;
}

function isIn({ bits, value }: AddressNumber, range: Range): boolean {
  return bits === range.bits && value >= range.first && value <= range.last && value !== range.gateway;
}
