import { parse } from "@bytecodealliance/jco";
import { expect, test } from "vitest";
import { around } from "../../../test/fakes/wasm-bytes.ts";
import { findFault } from "../component.ts";
import { type Feature, REFUSED_FEATURES } from "./features.ts";

/** Each feature in every form that it comes in: the fields of a core module, or of a component where that is said. */
const MODULES: readonly (readonly [Feature, string])[] = [
  ["threads", "(memory 1 1 shared)"],
  ["threads", '(import "a" "b" (memory 1 1 shared))'],
  ["threads", "(memory 1) (func (drop (i32.atomic.load (i32.const 0))))"],
  ["SIMD", "(func (drop (v128.const i32x4 0 0 0 0)))"],
  ["SIMD", "(func (local v128))"],
  ["SIMD", "(func (param v128))"],
  ["SIMD", "(global v128 (v128.const i32x4 0 0 0 0))"],
  ["relaxed SIMD", "(func (drop (i8x16.relaxed_swizzle (unreachable) (unreachable))))"],
  ["exceptions", "(tag)"],
  ["exceptions", '(import "a" "b" (tag))'],
  ["exceptions", "(func (block (try_table (catch_all 0))))"],
  ["exceptions", "(func (param exnref))"],
  ["indirect tail calls", "(table 1 funcref) (func (return_call_indirect (i32.const 0)))"],
  ["garbage collection", "(type (struct))"],
  ["garbage collection", "(type (array i8))"],
  ["garbage collection", "(type (sub (func)))"],
  ["garbage collection", "(rec (type (func)) (type (func)))"],
  ["garbage collection", "(func (drop (ref.i31 (i32.const 0))))"],
  ["garbage collection", "(func (param anyref))"],
  ["typed function references", "(type $t (func)) (func (param (ref $t)))"],
  ["typed function references", "(type $t (func)) (func (call_ref $t (unreachable)))"],
  ["typed function references", "(table 1 funcref (ref.null func))"],
  ["stack switching", "(type $f (func)) (type (cont $f))"],
  ["stack switching", "(func (suspend 0))"],
  [
    "wide arithmetic",
    "(func (result i64 i64) (i64.add128 (unreachable) (unreachable) (unreachable) (unreachable)))",
  ],
  ["64-bit memories or tables", "(memory i64 1)"],
  ["64-bit memories or tables", "(table i64 1 funcref)"],
  ["several memories in one module", "(memory 1) (memory 1)"],
  ["several memories in one module", '(import "a" "b" (memory 1)) (memory 1)'],
  ["custom page sizes", "(memory 1 (pagesize 1))"],
  ["growing tables", "(table 1 funcref) (func (drop (table.grow (ref.null func) (i32.const 1))))"],
];

const COMPONENTS: readonly (readonly [Feature, string])[] = [
  ["async functions of components", "(type (func async))"],
  ["async functions of components", "(type error-context)"],
  ["async functions of components", "(canon task.cancel (core func))"],
  ["async functions of components", "(canon backpressure.inc (core func))"],
  ["streams and futures of components", "(type (stream u8))"],
  ["streams and futures of components", "(type (future u8))"],
  ["streams and futures of components", "(type $t u8) (canon stream.new $t (core func))"],
  ["threads of components", "(canon thread.index (core func))"],
  ["values of components", '(import "a" (value string))'],
  ["lists of fixed length", "(type (list u8 4))"],
  ["maps of components", "(type (map u8 u8))"],
  ["core types of components", "(core type (module))"],
  ["core types of components", "(type (instance (core type (func))))"],
  ["component types", "(type (component))"],
  ["component types", "(component $c (type (component)))"],
];

const CASES = [
  ...MODULES.map(([feature, fields]) => [feature, `(component (core module ${fields}))`] as const),
  ...COMPONENTS.map(([feature, fields]) => [feature, `(component ${fields})`] as const),
];

test.each(CASES)("%s: refused in %s", async (feature, wat) => {
  const { what, where, todo } = findFault(await parse(wat)) ?? {};
  expect(what).toBe(`uses ${feature}`);
  expect(where).toMatch(/^[a-z ]+section(, function \d+)?, byte \d+$/);
  expect(todo).toBe(`build it with ${REFUSED_FEATURES[feature]}`);
});

test("every feature that is refused has a case", () => {
  const shown = new Set(CASES.map(([feature]) => feature));
  expect(Object.keys(REFUSED_FEATURES).filter((feature) => !shown.has(feature as Feature))).toEqual([]);
});

test.each([
  ["sign extension", "(func (drop (i32.extend8_s (i32.const 0))))"],
  ["saturating conversion", "(func (drop (i32.trunc_sat_f64_u (f64.const 0))))"],
  [
    "bulk memory",
    "(memory 1) (data $d) (func (memory.init $d (unreachable) (unreachable) (unreachable)) (data.drop $d))",
  ],
  [
    "copies and fills",
    "(memory 1) (func (memory.copy (unreachable) (unreachable) (unreachable)) (memory.fill (unreachable) (unreachable) (unreachable)))",
  ],
  ["several results", "(func (result i32 i64) (block (result i32 i64) (unreachable)))"],
  [
    "references",
    "(table 1 externref) (func $f (param externref) (drop (ref.is_null (ref.func $f)))) (elem declare func $f)",
  ],
  ["a select with a type", "(func (drop (select (result f64) (unreachable) (unreachable) (i32.const 1))))"],
  [
    "segments of every kind",
    "(table 2 funcref) (func $f) (elem (i32.const 0) $f) (elem func $f) (elem funcref (ref.func $f) (ref.null func)) (elem declare func $f) (elem (table 0) (i32.const 0) funcref (ref.null func))",
  ],
  ["the tail call of QuickJS", "(func $f (return_call $f))"],
  [
    "sums in constants, as QuickJS has",
    '(import "a" "b" (global $g i32)) (global i32 (i32.add (global.get $g) (i32.const 8)))',
  ],
  ["a br_table", "(func (block (block (br_table 0 1 0 (i32.const 1)))))"],
  [
    "every kind of import",
    '(import "a" "f" (func)) (import "a" "t" (table 1 2 funcref)) (import "a" "m" (memory 1 2)) (import "a" "g" (global (mut i64)))',
  ],
])("%s: allowed", async (_name, fields) => {
  expect(findFault(await parse(`(component (core module ${fields}))`))).toBeUndefined();
});

test.each([
  ["an instruction", [0x0a, 6, 1, 4, 0, 0xff, 0, 0x0b], "has an unknown instruction 0xff"],
  ["an instruction after 0xfc", [0x0a, 6, 1, 4, 0, 0xfc, 0x17, 0x0b], "has an unknown instruction 0xfc 23"],
  ["a type", [1, 3, 1, 0x42, 0], "has an unknown type 0x42"],
  ["a section", [14, 1, 0], "has an unknown section 14"],
])("%s that nobody knows: refused", (_name, bytes, what) => {
  expect(findFault(around(bytes))).toMatchObject({ what });
});
