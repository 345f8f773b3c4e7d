import fc from "fast-check";
import { expect, test, vi } from "vitest";
import {
  around,
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
} from "../../../test/fakes/wasm-bytes.ts";
import { BinaryReader, toLeb128 } from "../binary.ts";
import { findCoreFault, findFault } from "../component.ts";
import { type Bound, BOUNDS } from "./bounds.ts";

const NOTHING: Bytes = [0x60, 0, 0];
const A = text("a");
const END = 0x0b;

/** A component around one function with these locals, in groups of a type, and these instructions. */
function withFunction(locals: number, ...instructions: Bytes): Uint8Array {
  const groups = locals === 0 ? list([]) : list([[...toLeb128(locals), 0x7f]]);
  return around(section(10, sized([...groups, ...instructions, END])));
}

/** A custom section that is as long as this. */
function custom(length: number): Bytes {
  return [0, ...sized([...text("name"), ...repeat(length - 5, 0)])];
}

/** Types of a component: the first has `weight` parts in a record, the others are what follows. */
function record(weight: number): Bytes {
  return [0x72, ...list(repeat((weight - 1) / 2, [...A, 0x7f]))];
}

function nestTypes(levels: number): Bytes {
  return levels === 1 ? [0x7f] : [0x42, 1, 1, ...nestTypes(levels - 1)];
}

function nestComponents(levels: number): Bytes {
  return levels === 1 ? component() : component(nested(nestComponents(levels - 1)));
}

const of = (...sections: Bytes[]) => Uint8Array.from(component(...sections));

/** A component whose only data are as many zeros as its size asks for. */
function makeLarge(bytes: number): Uint8Array {
  const length = bytes - 32;
  const data = [11, ...toLeb128(length + 6), 1, 1, ...toLeb128(length)];
  const size = MODULE.length + data.length + length;
  const head = component([1, ...toLeb128(size), ...MODULE, ...data]);
  return Buffer.concat([Uint8Array.from(head), new Uint8Array(length)]);
}

/** Makes a component that has just so much of what is bounded. */
const MAKE: Readonly<Record<Bound, (count: number) => Uint8Array>> = {
  bytes: makeLarge,
  nesting: (count) => Uint8Array.from(nestComponents(count)),
  sections: (count) => of(...repeat(count, section(7))),
  modules: (count) => of(...repeat(count, nested(MODULE))),
  components: (count) => of(...repeat(count, nested(component()))),
  instances: (count) => of(nested(MODULE), section(2, ...repeat(count, [0, 0, 0]))),
  items: (count) => around(section(7, ...repeat(count, [...A, 0, 0]))),
  nameLength: (count) => around(section(7, [...text("a".repeat(count)), 0, 0])),
  types: (count) => around(section(1, ...repeat(count, NOTHING))),
  typeNesting: (count) => of(section(7, nestTypes(count))),
  typeWeight: (count) => of(section(7, [0x70, 0x7f], [0x6f, ...list(repeat(count / 2 - 1, [0]))], [0x70, 1])),
  typeTotal: (count) => of(section(7, ...repeat(count / 1000, record(999)), ...repeat(count / 1000, [0x7f]))),
  functions: (count) => around(section(3, ...repeat(count, [0]))),
  functionBytes: (count) => around(section(10, sized([0].concat(repeat(count - 2, 1), [END])))),
  parameters: (count) => around(section(1, [0x60, 0, ...list(repeat(count, [0x7f]))])),
  locals: (count) => withFunction(count),
  blocks: (count) => withFunction(0, ...repeat(count - 1, [2, 0x40]).flat(), ...repeat(count - 1, END)),
  blockLocals: (count) => withFunction(4000, ...repeat(Math.ceil(count / 4000), [2, 0x40, END]).flat()),
  branches: (count) => withFunction(0, 0x0e, ...list(repeat(count, [0])), 0),
  globals: (count) => around(section(6, ...repeat(count, [0x7f, 0, 0x41, 0, END]))),
  tables: (count) => around(section(4, ...repeat(count, [0x70, 0, 1]))),
  tableEntries: (count) => around(section(4, [0x70, 0, ...toLeb128(count)])),
  memories: (count) => of(...repeat(count, nested(module(section(5, [0, 1]))))),
  segments: (count) => around(section(11, ...repeat(count, [1, 0]))),
  customSections: (count) => of(...repeat(count, custom(5))),
  customBytes: (count) => of(...repeat(2, custom(count / 2))),
};

test.each(Object.entries(BOUNDS))("%s: at the bound passes, one over doesn't", (bound, { most, what }) => {
  const make = MAKE[bound as Bound];
  expect(findFault(make(most))).toBeUndefined();
  const step = { typeWeight: 2, typeTotal: 1000, blockLocals: 4000, customBytes: 2 }[bound] ?? 1;
  expect(findFault(make(most + step))?.what).toBe(`has more than ${most} ${what}`);
});

test("the size of `bytes` is that of the file", () => {
  expect(MAKE.bytes(BOUNDS.bytes.most)).toHaveLength(BOUNDS.bytes.most);
});

/** Every type holds the one before it as often as it says. */
function doubling(times: number): Uint8Array {
  const types = Array.from({ length: times }, (_, at): Bytes => [0x6f, 2, at, at]);
  return of(section(7, [0x7f], ...types));
}

/** Every component makes two instances of the one before it. */
function multiplying(times: number): Uint8Array {
  const twice = (at: number) => component(section(6, [4, 2, 1, at]), section(5, [0, 0, 0], [0, 0, 0]));
  const nestedOnes = Array.from({ length: times }, (_, at) => nested(twice(at)));
  return of(nested(component(nested(MODULE), section(2, [0, 0, 0]))), ...nestedOnes);
}

test.each([
  ["types that double", doubling(30), /parts of one type, written out/],
  ["components that double", multiplying(30), /instances, counted wherever one is made/],
  ["an alias of what comes later", of(section(6, [3, 2, 0, 0]), section(7, [0x7f])), /names type 0 before/],
  ["an alias of itself", of(section(6, [0, 0x00, 1, 0, ...A])), /names core instance 0 before/],
  [
    "a component that instantiates itself",
    of(nested(component(section(6, [4, 2, 1, 0])))),
    /names component 0 before/,
  ],
  ["a type of itself", of(section(7, [0x70, 0])), /names type 0 before/],
  [
    "an alias of nothing",
    of(section(5, [1, 0]), section(6, [3, 0, 0, ...A])),
    /alias of a, which is no type/,
  ],
  ["an alias far outside", of(section(6, [3, 2, 9, 0])), /9 levels out, where nothing is/],
  [
    "a name twice",
    of(section(5, [1, 0]), section(11, [0, ...A, 5, 0, 0], [0, ...A, 5, 0, 0])),
    /exports a twice/,
  ],
  ["a custom section of a stranger", of([0, ...sized(text("elf"))]), /custom section elf/],
  [
    "a core module of version 2",
    of(nested([0, 0x61, 0x73, 0x6d, 2, 0, 0, 0])),
    /no module of a known version/,
  ],
  ["a component as a core module", of([1, ...sized(component())]), /no module of a known version/],
  ["bytes after a function", withFunction(0, END), /1 bytes after the end of a function/],
  ["a function without end", around([10, 6, 1, 4, 0, 1, 1, 1]), /ends too early/],
])("%s: refused", (_name, bytes, what) => {
  expect(findFault(bytes)?.what).toMatch(what);
});

/** The places that a name can stand in, each made with the name. */
const PLACES: Readonly<Record<string, (name: Bytes) => Bytes>> = {
  "a core export": (name) => module(section(7, [...A, 0, 0], [...name, 2, 0])),
  "the module of a core import": (name) => module(section(2, [...name, ...A, 0, 0])),
  "the field of a core import": (name) =>
    module(section(2, [...A, ...A, 1, 0x70, 0, 1], [...A, ...name, 0, 0])),
  "an import": (name) => component(section(7, [0x42, 0]), section(10, [0, ...name, 5, 0])),
  "an export": (name) => component(section(5, [1, 0]), section(11, [0, ...name, 5, 0, 0])),
  "what a core instance is given": (name) =>
    component(nested(MODULE), section(2, [1, 0], [0, 0, 1, ...name, 0x12, 0])),
  "a core instance of exports": (name) => component(section(2, [1, 0], [1, 1, ...name, 0x12, 0])),
  "what an instance is given": (name) =>
    component(nested(component()), section(5, [1, 0], [0, 0, 1, ...name, 5, 0])),
  "an instance of exports": (name) => component(section(5, [1, 0], [1, 1, 0, ...name, 5, 0])),
  "an alias of an export": (name) =>
    component(section(5, [1, 0], [1, 1, 0, ...name, 5, 0]), section(6, [5, 0, 1, ...name])),
  "an alias of a core export": (name) => component(section(2, [1, 0]), section(6, [0, 0, 1, 0, ...name])),
  "a field of a record": (name) => component(section(7, [0x72, 1, ...name, 0x7f])),
  "a case of a variant": (name) => component(section(7, [0x71, 1, ...name, 0, 0])),
  "a case of an enum": (name) => component(section(7, [0x6d, 1, ...name])),
  "a parameter": (name) => component(section(7, [0x40, 1, ...name, 0x7f, 1, 0])),
  "the type of an instance": (name) => component(section(7, [0x42, 2, 1, 0x7f, 4, 0, ...name, 3, 0, 0])),
};

test.each(Object.entries(PLACES))("a name is looked at as %s, however deep", (_place, make) => {
  for (const levels of [0, 1, 5]) {
    const nest = (name: string) => {
      let bytes = make(text(name));
      for (let level = 0; level < levels; level += 1) bytes = component(nested(bytes));
      return Uint8Array.from(bytes[6] === 1 ? bytes : component(nested(bytes)));
    };
    expect(findFault(nest("a';b"))?.what).toBe("has a name with characters that no name may have: a';b");
    expect(findFault(nest("a-b"))?.what ?? "imports").toMatch(/^imports/);
  }
});

function exporting(name: string): Uint8Array {
  return Uint8Array.from(module(section(7, [...text(name), 0, 0])));
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
  expect(findCoreFault(exporting(name))).toBeUndefined();
});

test.each(["'", '"', "`", "\\", "*", ";", "{", "}", "!", "\n", "\r", "\t", "\0", "\u2028", "\u2029", "é"])(
  "%j is none",
  (name) => {
    expect(findCoreFault(exporting(name))?.what).toMatch(/characters that no name may have/);
  },
);

test("a core module that jco made may copy between two memories, and not among three", () => {
  const memories = (count: number) => Uint8Array.from(module(section(5, ...repeat(count, [0, 1]))));
  expect(findCoreFault(memories(2))).toBeUndefined();
  expect(findCoreFault(memories(3))?.what).toBe("uses several memories in one module");
});

test("whatever the bytes, there is a verdict, and each byte was looked at a few times at most", () => {
  const sound = Object.entries(MAKE).map(([bound, make]) => make(/esting/.test(bound) ? 4 : 4000));
  const places = Object.values(PLACES).map((make) => Uint8Array.from(component(nested(make(A)))));
  const change = fc.record({ at: fc.nat(), value: fc.nat(255), cut: fc.nat(20) });
  const damaged = fc
    .tuple(
      fc.constantFrom(...sound.filter(({ length }) => length < 100_000), ...places),
      fc.array(change, { maxLength: 4 }),
    )
    .map(([bytes, changes]) =>
      changes.reduce((made, { at, value, cut }) => {
        const changed = made.with(at % made.length, value);
        return cut === 0 ? changed.subarray(0, Math.max(9, at % made.length)) : changed;
      }, bytes),
    );
  const read = vi.spyOn(BinaryReader.prototype, "byte");
  fc.assert(
    fc.property(
      fc.oneof({ weight: 9, arbitrary: damaged }, { weight: 1, arbitrary: fc.uint8Array() }),
      (bytes) => {
        read.mockClear();
        findFault(bytes);
        expect(read.mock.calls.length).toBeLessThanOrEqual(4 * bytes.length);
      },
    ),
    { numRuns: 2000 },
  );
  read.mockRestore();
});
