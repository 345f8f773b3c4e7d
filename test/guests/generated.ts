/** Hostile components that are too large, or too odd, to write by hand: a sound scorer, and one trick beside it. */
import { toLeb128 } from "../../core/wasm/binary.ts";
import {
  type Bytes,
  component,
  list,
  MODULE,
  module,
  nested,
  repeat,
  section,
  sized,
  text,
} from "../fakes/wasm-bytes.ts";

const END = 0x0b;
const FUNCTION_TYPE: Bytes = [0x60, 0, 0];

/** A section of more items than a call takes arguments. */
function long(id: number, items: readonly Bytes[]): number[] {
  return [id, ...sized(list(items))];
}

/** A core module of functions without parameters and results. */
function functions(bodies: readonly Bytes[]): number[] {
  const types = bodies.map(() => [0]);
  return module(section(1, FUNCTION_TYPE), long(3, types), long(10, bodies.map(sized)));
}

/** What is put after the last section of a sound scorer, by the trick's name. */
const APPENDED: Readonly<Record<string, () => Bytes>> = {
  /** A hundred thousand functions that do nothing: each costs a compiler much more than its three bytes. */
  "thousands-of-functions": () => nested(functions(repeat(100_000, [0, END]))),
  /** One function of a million instructions: compilers hold a function in memory as a whole. */
  "huge-function": () => nested(module(section(10, sized([0].concat(repeat(1_000_000, 1), [END]))))),
  /** A br_table with a hundred thousand branches. */
  "huge-br-table": () =>
    nested(functions([[0, 0x41, 0, 0x0e].concat(toLeb128(100_000), repeat(100_001, 0), [END])])),
  /** Fifty thousand blocks in each other: a compiler that recurses runs out of stack. */
  "deep-blocks": () =>
    nested(module(section(10, sized([0].concat(repeat(50_000, [0x02, 0x40]).flat(), repeat(50_001, END)))))),
  /** Fifty thousand locals, which cost a byte or two in the file and memory in each frame. */
  "many-locals": () => nested(functions([[1, ...toLeb128(50_000), 0x7e, END]])),
  /** Three billion locals said in six bytes. */
  "lying-locals": () => nested(functions([[1, ...toLeb128(3_000_000_000), 0x7e, END]])),
  /** As many blocks and locals as each is allowed, which some compilers multiply. */
  "blocks-times-locals": () =>
    nested(functions([[1, ...toLeb128(4000), 0x7e].concat(repeat(30_000, [0x02, 0x40, END]).flat(), [END])])),
  /** Twelve components in each other. */
  "nested-components": () => nest(12),
  /** Two MiB that mean nothing to anybody. */
  "custom-section": () => [0, ...sized(text("name").concat(repeat(2 ** 21, 0)))],
  /** A section with a name that no tool of ours knows. */
  "strange-section": () => [0, ...sized(text("payload"))],
  /** Empty sections, more than are checked and as many as a publisher can lay out. */
  "many-sections": () => repeat(9_000, section(7)).flat(),
  /** A component with an alias of an alias that comes after it: nobody who follows them gets to an end. */
  "cyclic-alias": () => nested(component(section(6, [3, 2, 0, 1], [3, 2, 0, 0]))),
  /** Forty tuples, each of the one before it, twice: a million million parts when they are written out. */
  "exponential-types": () =>
    section(7, ...Array.from({ length: 40 }, (_, at) => (at === 0 ? [0x6f, 1, 0x7f] : twice(at)))),
  /** Forty components, each of which makes two instances of the one before it. */
  "exponential-instances": () => {
    const doubling = (at: number) =>
      component(section(6, [4, 2, 1, ...toLeb128(at)]), section(5, [0, 0, 0], [0, 0, 0]));
    const first = component(nested(MODULE), section(2, [0, 0, 0]));
    const rest = Array.from({ length: 40 }, (_, at) => nested(doubling(COMPONENTS + at)));
    return nested(first).concat(...rest);
  },
  /** A table that begins with as many entries as an engine allows. */
  "huge-table": () => nested(module(section(4, [0x70, 0, ...toLeb128(10_000_000)]))),
  /** A memory that other threads may share: what one reads, another writes. */
  "shared-memory": () => nested(module(section(5, [3, 1, 1]))),
  /** A memory of 64-bit addresses. */
  "wide-memory": () => nested(module(section(5, [4, 1]))),
  /** An export with a name of a megabyte. */
  "huge-name": () => nested(module(section(7, [...toLeb128(2 ** 20)].concat(repeat(2 ** 20, 97), [0, 0])))),
  /** Half a million segments of data, each of no byte. */
  "many-segments": () => nested(module(long(11, repeat(500_000, [1, 0])))),
  /** A list that says that it has 2^32-1 types, and has one. */
  "lying-count": () => [7, ...sized([...toLeb128(2 ** 32 - 1), 0x7f])],
};

/** Types that the sound scorer has before ours; its own are made of them. */
const TYPES = 21;
/** Components that it has. */
const COMPONENTS = 2;

function twice(at: number): Bytes {
  const before = toLeb128(TYPES + at - 1);
  return [0x6f, 2, ...before, ...before];
}

function nest(levels: number): number[] {
  let inner = component();
  for (let level = 1; level < levels; level += 1) inner = component(nested(inner));
  return nested(inner);
}

export const GENERATED = Object.keys(APPENDED);

/** A component with the trick of this name beside what makes it a sound scorer. */
export function generate(name: string, sound: Uint8Array): Uint8Array {
  const appended = APPENDED[name];
  if (appended === undefined) throw new Error(`nothing is called ${name}`);
  return Buffer.concat([sound, Uint8Array.from(appended())]);
}
