import { BinaryError } from "../binary.ts";

/** What wasm and components have and no module may use, with what its author builds with instead. */
export const REFUSED_FEATURES = {
  threads: "without threads: Rust and clang without +atomics, AssemblyScript without --enable threads",
  SIMD: "without SIMD: Rust and clang without +simd128, AssemblyScript without --enable simd",
  "relaxed SIMD": "without SIMD: Rust and clang without +relaxed-simd",
  exceptions: 'without exceptions: clang with -fno-exceptions, Rust with panic = "abort"',
  "indirect tail calls": "without tail calls: Rust and clang without +tail-call",
  "garbage collection": "a language that keeps its objects in linear memory",
  "typed function references": "a compiler for wasm 2.0",
  "stack switching": "a compiler for wasm 2.0",
  "wide arithmetic": "Rust and clang without +wide-arithmetic",
  "64-bit memories or tables": "the target wasm32",
  "several memories in one module": "Rust and clang without +multimemory",
  "custom page sizes": "pages of 64 KiB",
  "growing tables": "tables of a fixed size",
  "async functions of components": "functions that aren't async: componentize-qjs with --sync",
  "streams and futures of components": "lists in place of streams",
  "threads of components": "one thread",
  "values of components": "functions in place of values",
  "lists of fixed length": "lists of any length",
  "maps of components": "lists of records in place of maps",
  "core types of components": "core modules that lie in the component itself",
  "component types": "components that lie in the component itself",
} as const;

export type Feature = keyof typeof REFUSED_FEATURES;

/** @throws {BinaryError} always: the fault of using a feature. */
export function refuse(feature: Feature): never {
  throw new BinaryError(`uses ${feature}`, { todo: `build it with ${REFUSED_FEATURES[feature]}` });
}

/** Opcodes of one byte that belong to a feature. Source: the proposals' overviews, github.com/WebAssembly/proposals. */
const FEATURE_BY_OPCODE: ReadonlyMap<number, Feature> = new Map<number, Feature>([
  ...[0x06, 0x07, 0x08, 0x09, 0x0a, 0x18, 0x19, 0x1f].map((code) => [code, "exceptions"] as const),
  [0x13, "indirect tail calls"],
  ...[0x14, 0x15, 0xd4, 0xd5, 0xd6].map((code) => [code, "typed function references"] as const),
  ...[0xd3, 0xfb].map((code) => [code, "garbage collection"] as const),
  ...[0xe0, 0xe1, 0xe2, 0xe3, 0xe4, 0xe5, 0xe6].map((code) => [code, "stack switching"] as const),
  [0xfd, "SIMD"],
  [0xfe, "threads"],
]);

/** @throws {BinaryError} always: the fault of an instruction that no module may use. */
export function refuseOpcode(opcode: number, sub = 0): never {
  if (opcode === 0xfc && sub === 15) refuse("growing tables");
  if (opcode === 0xfc && sub >= 19 && sub <= 22) refuse("wide arithmetic");
  if (opcode === 0xfd && sub >= 0x100) refuse("relaxed SIMD");
  const feature = FEATURE_BY_OPCODE.get(opcode);
  if (feature !== undefined) refuse(feature);
  const hex = opcode.toString(16).padStart(2, "0");
  throw new BinaryError(`has an unknown instruction 0x${hex}${opcode === 0xfc ? ` ${sub}` : ""}`);
}
