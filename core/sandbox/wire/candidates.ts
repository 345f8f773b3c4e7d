import type { Attribute, Candidate, Kpi } from "../../select/request.ts";

/**
 * Candidates on the pipe: each distinct string once, as JSON, then numbers. Their keys and most of their values are
 * the same from candidate to candidate.
 */

/** Network, plugin, whether it is current, and the lengths of both lists. */
const CANDIDATE_BYTES = 20;
const ATTRIBUTE_BYTES = 8;
const KPI_BYTES = 16;

/** The record `candidates`: two lengths, the numbers, the strings. */
export function encodeCandidates(candidates: readonly Candidate[]): Uint8Array {
  const strings = new StringTable();
  const numbers = new DataView(new ArrayBuffer(candidates.reduce((sum, one) => sum + sizeOf(one), 0)));
  let at = 0;
  const u32 = (value: number): void => {
    numbers.setUint32(at, value, true);
    at += 4;
  };
  for (const { network, plugin, attributes, kpis, current } of candidates) {
    u32(strings.indexOf(network));
    u32(strings.indexOf(plugin));
    u32(current ? 1 : 0);
    u32(attributes.length);
    u32(kpis.length);
    for (const { key, value } of attributes) {
      u32(strings.indexOf(key));
      u32(strings.indexOf(value));
    }
    for (const { name, value, ageMs } of kpis) {
      u32(strings.indexOf(name));
      u32(ageMs);
      numbers.setFloat64(at, value, true);
      at += 8;
    }
  }
  const head = new DataView(new ArrayBuffer(8));
  head.setUint32(0, candidates.length, true);
  head.setUint32(4, numbers.byteLength, true);
  return Buffer.concat([toBytes(head), toBytes(numbers), Buffer.from(JSON.stringify(strings.list))]);
}

/** @throws {RangeError | SyntaxError} when the bytes are no such candidates. */
export function decodeCandidates(bytes: Uint8Array): Candidate[] {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const strings = JSON.parse(Buffer.from(bytes.subarray(8 + view.getUint32(4, true))).toString()) as string[];
  let at = 8;
  const u32 = (): number => {
    at += 4;
    return view.getUint32(at - 4, true);
  };
  const text = (): string => strings[u32()] ?? "";
  const candidates: Candidate[] = [];
  for (let left = view.getUint32(0, true); left > 0; left -= 1) {
    const [network, plugin, current] = [text(), text(), u32() === 1];
    const attributes: Attribute[] = [];
    const kpis: Kpi[] = [];
    let [attributesLeft, kpisLeft] = [u32(), u32()];
    for (; attributesLeft > 0; attributesLeft -= 1) attributes.push({ key: text(), value: text() });
    for (; kpisLeft > 0; kpisLeft -= 1) {
      const [name, ageMs] = [text(), u32()];
      kpis.push({ name, value: view.getFloat64(at, true), ageMs });
      at += 8;
    }
    candidates.push({ network, plugin, attributes, kpis, current });
  }
  return candidates;
}

/** Where each of `wanted` stands in `held`; undefined when one isn't there, or not in that order. */
export function findStanding(
  wanted: readonly Candidate[],
  held: readonly Candidate[],
): readonly number[] | undefined {
  const standing: number[] = [];
  for (let at = 0; at < held.length && standing.length < wanted.length; at++) {
    if (held[at] === wanted[standing.length]) standing.push(at);
  }
  return standing.length === wanted.length ? standing : undefined;
}

class StringTable {
  readonly list: string[] = [];
  readonly #indexByText = new Map<string, number>();

  indexOf(text: string): number {
    const known = this.#indexByText.get(text);
    if (known !== undefined) return known;
    const index = this.list.push(text) - 1;
    this.#indexByText.set(text, index);
    return index;
  }
}

function sizeOf({ attributes, kpis }: Candidate): number {
  return CANDIDATE_BYTES + ATTRIBUTE_BYTES * attributes.length + KPI_BYTES * kpis.length;
}

function toBytes({ buffer }: DataView): Uint8Array {
  return new Uint8Array(buffer as ArrayBuffer);
}
