import { readSections, toLeb128 } from "../../core/wasm/binary.ts";
import type { Random } from "./random.ts";

/** Sections of a core module in which a changed byte often leaves a sound module: globals, code, data. */
const LIVELY: readonly number[] = [6, 10, 11];
const CORE_MODULE_SECTION = 1;
const HEADER_BYTES = 8;

/** A component, and the places in it that are worth changing. */
export interface Base {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly lively: readonly (readonly [from: number, to: number])[];
}

export function toBase(name: string, bytes: Uint8Array): Base {
  const cores = [...readSections(bytes)].filter(({ id }) => id === CORE_MODULE_SECTION);
  const lively = cores
    .flatMap(({ content, place }) => [...readSections(content, place)])
    .filter(({ id, content }) => LIVELY.includes(id) && content.length > 0)
    .map(({ content, place }) => [place, place + content.length] as const);
  return { name, bytes, lively };
}

type Mutation = (base: Base, random: Random) => Uint8Array;

const MUTATIONS: Readonly<Record<string, Mutation>> = {
  code: (base, random) => changeBytes(base.bytes, random, () => placeIn(random.pick(base.lively), random)),
  anywhere: (base, random) => changeBytes(base.bytes, random, () => random.below(base.bytes.length)),
  cut: ({ bytes }, random) => bytes.subarray(0, random.below(bytes.length)),
  without: (base, random) => withSections(base, (parts) => parts.toSpliced(random.below(parts.length), 1)),
  twice: (base, random) =>
    withSections(base, (parts) => parts.toSpliced(random.below(parts.length), 0, random.pick(parts))),
  swapped: (base, random) =>
    withSections(base, (parts) => {
      const at = random.below(parts.length - 1);
      return parts.toSpliced(at, 2, ...parts.slice(at, at + 2).reverse());
    }),
  inserted: (base, random) => {
    const content = Uint8Array.from({ length: random.below(12) }, () => random.below(256));
    const strange = Uint8Array.from([random.below(14), ...toLeb128(content.length), ...content]);
    return withSections(base, (parts) => parts.toSpliced(random.below(parts.length), 0, strange));
  },
  stretched: (base, random) => withSections(base, (parts) => parts.with(...stretch(parts, random))),
};

/** Code most often: what falls at the first look tells little. */
const WEIGHTED = [...Array<string>(9).fill("code"), "anywhere", "anywhere", ...Object.keys(MUTATIONS)];

/** Damages a component in one way. */
export function mutate(base: Base, random: Random): Uint8Array {
  const usable = base.lively.length > 0 ? WEIGHTED : WEIGHTED.filter((name) => name !== "code");
  const mutation = MUTATIONS[random.pick(usable)];
  if (mutation === undefined) throw new RangeError("no such mutation");
  return mutation(base, random);
}

function placeIn([from, to]: readonly [from: number, to: number], random: Random): number {
  return from + random.below(to - from);
}

/** One to three bytes: a bit turned, one up or down, or anything. */
function changeBytes(bytes: Uint8Array, random: Random, place: () => number): Uint8Array {
  const changed = Uint8Array.from(bytes);
  for (let left = 1 + random.below(3); left > 0; left -= 1) {
    const at = place();
    const old = changed[at] ?? 0;
    changed[at] = random.pick([old ^ (1 << random.below(8)), old + 1, old - 1, random.below(256)]);
  }
  return changed;
}

function withSections(
  { bytes }: Base,
  change: (parts: readonly Uint8Array[]) => readonly Uint8Array[],
): Uint8Array {
  const parts = [...readSections(bytes)].map(({ id, content }) =>
    Buffer.concat([Uint8Array.from([id, ...toLeb128(content.length)]), content]),
  );
  return Buffer.concat([bytes.subarray(0, HEADER_BYTES), ...change(parts)]);
}

/** A section whose length is written in five bytes, of which it needs fewer. */
function stretch(parts: readonly Uint8Array[], random: Random): [number, Uint8Array] {
  const at = random.below(parts.length);
  const [id = 0, ...rest] = parts[at] ?? [];
  const end = rest.findIndex((byte) => byte < 0x80);
  const length = rest.slice(0, end + 1).map((byte) => byte | 0x80);
  const padding = Array<number>(Math.max(0, 4 - length.length)).fill(0x80);
  return [at, Uint8Array.from([id, ...length, ...padding, 0, ...rest.slice(end + 1)])];
}
