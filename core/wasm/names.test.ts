import fc from "fast-check";
import { expect, test } from "vitest";
import { BinaryError, toLeb128 } from "./binary.ts";
import { findUnfitName } from "./names.ts";

const MODULE = [0, 0x61, 0x73, 0x6d, 1, 0, 0, 0];
const COMPONENT = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];

function section(id: number, ...content: number[]): number[] {
  return [id, ...toLeb128(content.length), ...content];
}

function text(value: string): number[] {
  const bytes = Buffer.from(value);
  return [...toLeb128(bytes.length), ...bytes];
}

const ENV = text("env");

/** Imports of a function, two tables, two memories, a global and a tag: a name after them is found all the same. */
const IMPORT_TYPES = [
  [0, 7],
  [1, 0x70, 0, 1],
  [1, 0x6f, 1, 1, 2],
  [2, 0, 1],
  [2, 1, 1, 2],
  [3, 0x7f, 1],
  [4, 0, 5],
];
const IMPORTS = IMPORT_TYPES.flatMap((type) => [...ENV, ...ENV, ...type]);

/** The places that a name can stand in, each made with the name. */
const PLACES: Readonly<Record<string, (name: number[]) => number[]>> = {
  "a core export": (name) => [...MODULE, ...section(7, 2, ...ENV, 0, 0, ...name, 2, 0)],
  "the module of a core import": (name) => [...MODULE, ...section(2, 1, ...name, ...ENV, 0, 0)],
  "the field of a core import": (name) => [...MODULE, ...section(2, 8, ...IMPORTS, ...ENV, ...name, 0, 0)],
  "an import": (name) => [...COMPONENT, ...section(10, 1, 0, ...name, 5, 0)],
  "an export": (name) => [...COMPONENT, ...section(11, 1, 0, ...name, 5, 0, 0)],
  "what a core instance is given": (name) => [...COMPONENT, ...section(2, 1, 0, 3, 1, ...name, 0x12, 4)],
  "a core instance of exports": (name) => [...COMPONENT, ...section(2, 1, 1, 1, ...name, 0, 4)],
  "what an instance is given": (name) => [...COMPONENT, ...section(5, 1, 0, 3, 1, ...name, 0, 0x11, 4)],
  "an instance of exports": (name) => [...COMPONENT, ...section(5, 1, 1, 1, 0, ...name, 5, 4)],
  "an alias": (name) => [...COMPONENT, ...section(6, 2, 3, 2, 1, 0, 5, 0, 0, ...name)],
  "an alias of a core export": (name) => [...COMPONENT, ...section(6, 1, 0, 0, 1, 0, ...name)],
};

function nest(bytes: readonly number[], levels: number): Uint8Array {
  let nested = [...bytes];
  for (let level = 0; level < levels; level += 1) {
    const id = nested[6] === 1 ? 4 : 1; // a component or a core module
    nested = [...COMPONENT, ...section(0, ...ENV), ...section(id, ...nested)];
  }
  return Uint8Array.from(nested);
}

test.each(Object.entries(PLACES))("%s is looked at, however deep", (_place, make) => {
  for (const levels of [0, 1, 2, 6]) {
    expect(findUnfitName(nest(make(text("a")), levels))).toBeUndefined();
    expect(findUnfitName(nest(make(text("a';b")), levels))).toBe("a';b");
  }
});

function exporting(name: string): Uint8Array {
  return Uint8Array.from([...MODULE, ...section(7, 1, ...text(name), 0, 0)]);
}

test.each([
  "",
  "0",
  "memory",
  "$imports",
  "cabi_post_genie:selection/scoring@1.0.0-rc.1+7#score",
  "[resource-drop]some-thing",
  "[method]thing.get",
  "cm32p2|local:init/module-loader|resolve",
  "Map<~lib/string/String,i32>#get:size",
  "utf8-to-utf8 (mem1 => mem0)",
  "x".repeat(256),
])("%j is a name", (name) => {
  expect(findUnfitName(exporting(name))).toBeUndefined();
});

test.each([
  "'",
  '"',
  "`",
  "\\",
  "*",
  ";",
  "{",
  "}",
  "!",
  "\n",
  "\r",
  "\t",
  "\0",
  "\u2028",
  "\u2029",
  "é",
  "x".repeat(257),
])("%j is none", (name) => {
  expect(findUnfitName(exporting(name))).toBe(name);
});

function exportingMany(count: number): Uint8Array {
  const content = [...toLeb128(count)].concat(Array<number>(3 * count).fill(0)); // names without a letter
  return Uint8Array.from(MODULE.concat([7], toLeb128(content.length), content));
}

test.each([
  ["too many levels", nest(MODULE, 8), /more than 8 levels deep/],
  ["too many names", exportingMany(100_001), /more than 100000 names/],
  [
    "a nested section that isn't wasm",
    Uint8Array.from([...COMPONENT, ...section(1, 1, 2, 3)]),
    /is not wasm/,
  ],
  [
    "an import of an unknown type",
    Uint8Array.from([...MODULE, ...section(2, 1, ...ENV, ...ENV, 0x7f, 0)]),
    /unknown tag 127/,
  ],
  [
    "a shared memory",
    Uint8Array.from([...MODULE, ...section(2, 1, ...ENV, ...ENV, 2, 3, 1, 1)]),
    /unknown tag 3/,
  ],
])("%s: refused", (_name, bytes, message) => {
  expect(() => findUnfitName(bytes)).toThrow(message);
  expect(() => findUnfitName(bytes)).toThrow(BinaryError);
});

test("whatever the bytes, the answer is a name, none, or a BinaryError", () => {
  const sound = nest(
    Object.values(PLACES)
      .flatMap((make) => section(4, ...make(text("a"))))
      .toSpliced(0, 0, ...COMPONENT),
    1,
  );
  const damaged = fc
    .tuple(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length))
    .map(([at, value, length]) => sound.with(at, value).subarray(0, length));
  fc.assert(
    fc.property(damaged, (bytes) => {
      try {
        findUnfitName(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(BinaryError);
      }
    }),
    { numRuns: 2000 },
  );
});
