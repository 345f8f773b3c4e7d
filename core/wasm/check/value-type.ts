import { BinaryError, type BinaryReader } from "../binary.ts";
import { refuse } from "./features.ts";

const VECTOR = 0x7b;

/** Reads one type of a value: a number of 32 or 64 bits, or a reference. */
export function readValueType(reader: BinaryReader): void {
  const type = reader.peek();
  if (type >= 0x7c && type <= 0x7f) reader.byte();
  else if (type === VECTOR) refuse("SIMD");
  else readReferenceType(reader);
}

/** Reads `funcref` or `externref`. */
export function readReferenceType(reader: BinaryReader): void {
  const type = reader.byte();
  if (type === 0x70 || type === 0x6f) return;
  if (type === 0x69 || type === 0x74) refuse("exceptions");
  if (type === 0x63 || type === 0x64) refuse("typed function references");
  if (type === 0x68 || type === 0x75) refuse("stack switching");
  if (type >= 0x65 && type <= 0x73) refuse("garbage collection");
  throw new BinaryError(`has an unknown type 0x${type.toString(16)}`);
}

/** Bits of limits. Source: the proposals threads, memory64 and custom-page-sizes. */
const SHARED = 2;
const WIDE = 4;
const PAGE_SIZE = 8;

/** Reads the size of a table or a memory. @returns the size that it begins with. */
export function readLimits(reader: BinaryReader): number {
  const flags = reader.byte();
  if ((flags & PAGE_SIZE) !== 0) refuse("custom page sizes");
  if ((flags & WIDE) !== 0) refuse("64-bit memories or tables");
  if ((flags & SHARED) !== 0) refuse("threads");
  if (flags > 1) throw new BinaryError(`has unknown limits 0x${flags.toString(16)}`);
  const initial = reader.u32();
  if (flags === 1) reader.u32();
  return initial;
}
