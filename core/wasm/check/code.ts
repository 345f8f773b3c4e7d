import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkBound } from "./bounds.ts";
import { refuse, refuseOpcode } from "./features.ts";
import { IMMEDIATE_AFTER_FC, IMMEDIATE_BY_OPCODE, type Immediate } from "./opcodes.ts";
import { readReferenceType, readValueType } from "./value-type.ts";

const BLOCK = 0x02;
const IF = 0x04;
const PREFIX = 0xfc;
const VECTOR_PREFIX = 0xfd;

/** Constants, `global.get`, references, and the sums of the proposal extended-const. */
const CONSTANT: ReadonlySet<number> = new Set([
  0x23, 0x41, 0x42, 0x43, 0x44, 0x6a, 0x6b, 0x6c, 0x7c, 0x7d, 0x7e, 0xd0, 0xd2,
]);

/** Bit 6 of an alignment says that the index of a memory follows. Source: multi-memory, Overview.md. */
const MOST_ALIGNMENT = 63;

/** One function: its locals and its instructions, to the last `end`. What they mean is left to the engine. */
export function checkFunction(body: BinaryReader): void {
  checkBound("functionBytes", body.left);
  const locals = readLocals(body);
  let depth = 1;
  let blocks = 0;
  while (depth > 0) {
    const opcode = body.byte();
    if (opcode >= BLOCK && opcode <= IF) {
      depth += 1;
      blocks += 1;
      checkBound("blocks", depth);
    }
    if (skipInstruction(body, opcode) === "end") depth -= 1;
  }
  checkBound("blockLocals", blocks * locals);
  if (!body.atEnd) throw new BinaryError(`has ${body.left} bytes after the end of a function`);
}

function readLocals(body: BinaryReader): number {
  let locals = 0;
  for (let groups = body.u32(); groups > 0; groups -= 1) {
    locals += body.u32();
    checkBound("locals", locals);
    readValueType(body);
  }
  return locals;
}

/** An expression that gives a global, an offset or an element its first value; QuickJS is linked with sums in them. */
export function checkConstant(reader: BinaryReader): void {
  for (let opcode = reader.byte(); opcode !== 0x0b; opcode = reader.byte()) {
    if (!CONSTANT.has(opcode)) refuseOpcode(opcode);
    skipInstruction(reader, opcode);
  }
}

/** Passes over what follows an opcode. @throws {BinaryError} when no module may use it. */
function skipInstruction(reader: BinaryReader, opcode: number): Immediate {
  const immediate = IMMEDIATE_BY_OPCODE[opcode];
  if (immediate === undefined) refuseOpcode(opcode, opcode === VECTOR_PREFIX ? reader.u32() : 0);
  if (opcode !== PREFIX) {
    SKIP[immediate](reader);
    return immediate;
  }
  const sub = reader.u32();
  const after = IMMEDIATE_AFTER_FC[sub] ?? refuseOpcode(opcode, sub);
  SKIP[after](reader);
  return after;
}

const SKIP: Readonly<Record<Immediate, (reader: BinaryReader) => void>> = {
  none: () => {},
  end: () => {},
  more: () => {},
  index: (reader) => void reader.u32(),
  twoIndexes: (reader) => {
    reader.u32();
    reader.u32();
  },
  memory: (reader) => {
    if (reader.u32() > MOST_ALIGNMENT) refuse("several memories in one module");
    reader.u32();
  },
  number32: (reader) => reader.skipLeb128(5),
  number64: (reader) => reader.skipLeb128(10),
  float32: (reader) => void reader.take(4),
  float64: (reader) => void reader.take(8),
  block: skipBlockType,
  branches: (reader) => {
    const branches = reader.u32();
    checkBound("branches", branches);
    for (let left = branches; left >= 0; left -= 1) reader.u32();
  },
  types: (reader) => {
    const types = reader.u32();
    checkBound("parameters", types);
    for (let left = types; left > 0; left -= 1) readValueType(reader);
  },
  reference: readReferenceType,
};

/** Nothing, one type, or the index of a function's type. */
function skipBlockType(reader: BinaryReader): void {
  const first = reader.peek();
  if (first === 0x40) reader.byte();
  else if (first >= 0x41 && first <= 0x7f) readValueType(reader);
  else reader.u32();
}
