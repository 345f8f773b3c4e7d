import fc from "fast-check";
import { expect, test } from "vitest";
import { BinaryError, toLeb128 } from "./binary.ts";
import { findFault, findMisfit, findModuleFault, findWorldFault, inspectComponent } from "./component.ts";

const HEADER = [0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0];
const INSTANCE = 0x05;

function section(id: number, ...content: number[]): number[] {
  return [id, ...toLeb128(content.length), ...content];
}

function text(value: string): number[] {
  return [...toLeb128(value.length), ...Buffer.from(value)];
}

function importOf(name: string, ...description: number[]): number[] {
  return [0, ...text(name), ...description];
}

function exportOf(name: string, ...rest: number[]): number[] {
  return [0, ...text(name), ...rest];
}

function component(...sections: number[][]): Uint8Array {
  return Uint8Array.from([...HEADER, ...sections.flat()]);
}

/** An instance with nothing in it, and its type: the first of their sorts. */
const EMPTY = [...section(5, 1, 1, 0), ...section(7, 1, 0x42, 0)];

const TYPES = exportOf("genie:selection/types@1.0.0", INSTANCE, 0, 0);
const SCORING = exportOf("genie:selection/scoring@1.0.0", INSTANCE, 0, 0);
const INIT = exportOf("init", 0x01, 7, 0x01, 0x01, 3); // a function with its type ascribed

test("imports and exports are those of the top level, over several sections and every kind of description", () => {
  const nested = component(section(10, 1, ...importOf("hidden:inside/it", INSTANCE, 0)));
  const bytes = component(
    section(0, ...text("a custom section"), 1, 2, 3),
    section(4, ...nested),
    section(10, 2, ...importOf("a", 0x00, 0x11, 0), ...importOf("b", 0x03, 0x01)),
    section(
      10,
      3,
      ...importOf("c", 0x03, 0x00, 9),
      ...importOf("d", 0x02, 0x01, 0x7f),
      ...importOf("e", 0x04, 0),
    ),
    section(11, 2, ...TYPES, ...INIT),
    section(11, 1, ...exportOf("core", 0x00, 0x11, 4, 0)),
  );
  expect(inspectComponent(bytes)).toEqual({
    imports: ["a", "b", "c", "d", "e"],
    exports: ["genie:selection/types@1.0.0", "init", "core"],
  });
});

test.each([
  ["a text", Buffer.from("(component)"), /is not wasm/],
  ["nothing", new Uint8Array(), /is not wasm/],
  ["a core module", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /core wasm module, not a component/],
  ["a section longer than the file", component([10, 0xff, 0xff, 0xff, 0xff, 0x0f]), /reaches past the end/],
  ["a number of more than 32 bits", component([10, 0xff, 0xff, 0xff, 0xff, 0x1f]), /more than 32 bits/],
  ["a number without an end", component([10, ...Array<number>(12).fill(0x80)]), /more than 32 bits/],
  ["more exports said than there", component(section(11, 200, 1, ...TYPES)), /ends too early/],
  ["bytes after the last export", component(section(11, 1, ...TYPES, 9)), /1 bytes too many/],
  ["a name that isn't UTF-8", component(section(11, 1, 0, 2, 0xff, 0xfe, INSTANCE, 0, 0)), /isn't UTF-8/],
  ["an unknown description", component(section(10, 1, ...importOf("a", 0x42, 0))), /unknown tag 66/],
])("%s is refused", (_name, bytes, message) => {
  expect(() => inspectComponent(bytes)).toThrow(message);
  expect(() => inspectComponent(bytes)).toThrow(BinaryError);
});

test("whatever the bytes, the answer is a shape or a BinaryError", () => {
  const sound = component(
    section(10, 1, ...importOf("a", INSTANCE, 0)),
    section(11, 2, ...TYPES, ...SCORING),
  );
  const damaged = fc
    .tuple(fc.nat(sound.length - 1), fc.nat(255), fc.nat(sound.length))
    .map(([at, value, length]) => sound.with(at, value).subarray(0, length));
  fc.assert(
    fc.property(fc.oneof(damaged, fc.uint8Array()), (bytes) => {
      try {
        inspectComponent(bytes);
      } catch (error) {
        expect(error).toBeInstanceOf(BinaryError);
      }
    }),
    { numRuns: 2000 },
  );
});

function exporting(...names: string[]): Uint8Array {
  return component(
    EMPTY,
    section(11, names.length, ...names.flatMap((name) => exportOf(name, INSTANCE, 0, 0))),
  );
}

test.each([
  ["fits", ["genie:selection/types@1.0.0", "genie:selection/scoring@1.0.0", "init"], undefined],
  ["fits in a later patch", ["genie:selection/types@1.0.9", "genie:selection/scoring@1.0.9"], undefined],
  ["lacks the types", ["genie:selection/scoring@1.0.0"], "doesn't export genie:selection/types@1.0"],
  [
    "is for selecting",
    ["genie:selection/types@1.0.0", "genie:selection/selecting@1.0.0"],
    "doesn't export genie:selection/scoring@1.0",
  ],
  [
    "is from the future",
    ["genie:selection/types@1.0.0", "genie:selection/scoring@1.1.0"],
    "exports genie:selection/scoring in version 1.1.0; this host serves genie:selection/scoring@1.0",
  ],
  [
    "is of another major version",
    ["genie:selection/types@2.0.0"],
    "exports genie:selection/types in version 2.0.0; this host serves genie:selection/types@1.0",
  ],
])("as a scorer, one that %s", (_name, exports, misfit) => {
  expect(findWorldFault("scorer", exporting(...exports))?.what).toBe(misfit);
});

test("an import is a misfit, and so is what can't be read", () => {
  const curious = component(
    EMPTY,
    section(10, 1, ...importOf("wasi:clocks/wall-clock@0.2.0", INSTANCE, 0)),
    section(11, 1, ...TYPES),
  );
  expect(findMisfit("scorer", curious)).toBe(
    "it imports wasi:clocks/wall-clock@0.2.0; a module may import nothing",
  );
  expect(findMisfit("scorer", Buffer.from("#!/bin/sh"))).toBe("it is not wasm");
});

test("names of the component's are cleaned before they are told", () => {
  const curious = component(EMPTY, section(10, 1, ...importOf("a\u001b[2J\nb", INSTANCE, 0)));
  expect(findMisfit("scorer", curious)).toBe(
    "it has a name with characters that no name may have: a?[2J?b (import section, byte 30)",
  );
  expect(findWorldFault("scorer", exporting("genie:selection/types@\u001b\n9"))?.what).toBe(
    "exports genie:selection/types in version ??9; this host serves genie:selection/types@1.0",
  );
});

test.each<[string, Uint8Array, RegExp]>([
  ["a core module", Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0), /component new/],
  [
    "an import of WASI",
    component(EMPTY, section(10, 1, ...importOf("wasi:cli/exit@0.2.0", INSTANCE, 0))),
    /--stub-wasi/,
  ],
  [
    "an import of ours",
    component(EMPTY, section(10, 1, ...importOf("genie:selection/types@1.0.0", INSTANCE, 0))),
    /export/,
  ],
  [
    "a strange import",
    component(EMPTY, section(10, 1, ...importOf("a:b/c", INSTANCE, 0))),
    /take the import out/,
  ],
  ["a cut file", component([10, 9]), /build it again/],
  ["a function at the root", exporting("score"), /exported interface/],
  ["another version", exporting("genie:selection/types@3.0.0"), /build it against genie:selection@1.0.0/],
])("how %s is mended is said", (_name, bytes, todo) => {
  expect(findModuleFault("scorer", bytes)?.todo).toMatch(todo);
});

test("what fits one kind has no fault of its own", () => {
  expect(findFault(exporting("genie:selection/types@1.0.0"))).toBeUndefined();
});

test.each([
  [
    "sections",
    component(...Array.from({ length: 10_001 }, () => section(0x07))),
    "has more than 10000 sections",
  ],
  ["imports", component(section(0x0a, ...toLeb128(100_001))), "has a list of 100001"],
])("%s without end aren't gathered", (_, bytes, says) => {
  expect(() => inspectComponent(bytes)).toThrow(says);
});
