/** Source: WebAssembly core specification 2.0, "Index of Instructions". */

/** What stands after an opcode. */
export type Immediate =
  | "none"
  | "index"
  | "twoIndexes"
  | "memory"
  | "number32"
  | "number64"
  | "float32"
  | "float64"
  | "block"
  | "branches"
  | "types"
  | "reference"
  | "end"
  | "more";

/** From the first opcode to the last. */
type Range = readonly [first: number, last: number, immediate: Immediate];

/** MVP, sign extension, what compilers emit of reference types, and the one tail call that QuickJS needs. */
const PLAIN: readonly Range[] = [
  [0x00, 0x01, "none"], // unreachable, nop
  [0x02, 0x04, "block"], // block, loop, if
  [0x05, 0x05, "none"], // else
  [0x0b, 0x0b, "end"],
  [0x0c, 0x0d, "index"], // br, br_if
  [0x0e, 0x0e, "branches"], // br_table
  [0x0f, 0x0f, "none"], // return
  [0x10, 0x10, "index"], // call
  [0x11, 0x11, "twoIndexes"], // call_indirect
  [0x12, 0x12, "index"], // return_call: QuickJS is built with it
  [0x1a, 0x1b, "none"], // drop, select
  [0x1c, 0x1c, "types"], // select with types
  [0x20, 0x26, "index"], // locals, globals, table.get, table.set
  [0x28, 0x3e, "memory"], // loads and stores
  [0x3f, 0x40, "index"], // memory.size, memory.grow
  [0x41, 0x41, "number32"],
  [0x42, 0x42, "number64"],
  [0x43, 0x43, "float32"],
  [0x44, 0x44, "float64"],
  [0x45, 0xc4, "none"], // comparisons, arithmetic, conversions, sign extension
  [0xd0, 0xd0, "reference"], // ref.null
  [0xd1, 0xd1, "none"], // ref.is_null
  [0xd2, 0xd2, "index"], // ref.func
  [0xfc, 0xfc, "more"],
];

/** After 0xfc: saturating conversion and bulk memory. Tables may be filled; none may grow. */
const MORE: readonly Range[] = [
  [0, 7, "none"], // trunc_sat
  [8, 8, "twoIndexes"], // memory.init
  [9, 9, "index"], // data.drop
  [10, 10, "twoIndexes"], // memory.copy
  [11, 11, "index"], // memory.fill
  [12, 12, "twoIndexes"], // table.init
  [13, 13, "index"], // elem.drop
  [14, 14, "twoIndexes"], // table.copy
  [16, 17, "index"], // table.size, table.fill
];

function spread(ranges: readonly Range[]): readonly (Immediate | undefined)[] {
  const table = Array<Immediate | undefined>(256).fill(undefined);
  for (const [first, last, immediate] of ranges) table.fill(immediate, first, last + 1);
  return table;
}

/** What stands after an opcode of one byte; undefined when no module may use it. */
export const IMMEDIATE_BY_OPCODE = spread(PLAIN);

/** The same for the number after 0xfc. */
export const IMMEDIATE_AFTER_FC = spread(MORE);
