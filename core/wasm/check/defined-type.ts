import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkBound } from "./bounds.ts";
import { refuse } from "./features.ts";
import { itemAt, type Scope } from "./scope.ts";
import { checkText } from "./text.ts";
import { join, named, NOTHING, write, type Written } from "./written.ts";

/**
 * Reads the type of a value, a function or a resource, after its first byte.
 * Source: component-model, design/mvp/Binary.md, `defvaltype`, `functype`, `resourcetype`.
 */
export function readDefinedType(form: number, reader: BinaryReader, scope: Scope): Written {
  const primitive = PRIMITIVES.get(form);
  if (primitive !== undefined) return primitive;
  const read = FORMS.get(form);
  if (read === undefined) throw new BinaryError(`has an unknown type 0x${form.toString(16)}`);
  const { weight, shape } = read(reader, scope);
  return { weight: 1 + weight, shape };
}

type ReadForm = (reader: BinaryReader, scope: Scope) => Written;

const PRIMITIVES: ReadonlyMap<number, Written> = new Map(
  ["string", "char", "f64", "f32", "u64", "s64", "u32", "s32", "u16", "s16", "u8", "s8", "bool"].map(
    (shape, at) => [0x73 + at, { weight: 1, shape }] as const,
  ),
);

/** What stands after the byte of each form. */
const FORMS: ReadonlyMap<number, ReadForm> = new Map<number, ReadForm>([
  [0x72, listOf("record", readField)],
  [0x71, listOf("variant", readCase)],
  [0x70, (reader, scope) => write("list", readValueType(reader, scope))],
  [0x6f, listOf("tuple", readValueType)],
  [0x6e, listOf("flags", readLabel)],
  [0x6d, listOf("enum", readLabel)],
  [0x6b, (reader, scope) => write("option", readValueType(reader, scope))],
  [0x6a, readResult],
  [0x69, readHandle], // own
  [0x68, readHandle], // borrow
  [0x40, readFunctionType],
  [0x3f, readResource],
  [0x41, () => refuse("component types")],
  [0x43, () => refuse("async functions of components")],
  [0x63, () => refuse("maps of components")],
  [0x64, () => refuse("async functions of components")], // error-context
  [0x67, () => refuse("lists of fixed length")],
  [0x65, () => refuse("streams and futures of components")],
  [0x66, () => refuse("streams and futures of components")],
]);

function listOf(what: string, readOne: ReadForm): ReadForm {
  return (reader, scope) =>
    write(
      what,
      readList(reader, () => readOne(reader, scope)),
    );
}

/** The items of a list. Each costs a byte of the file, so that no length runs away. */
function readList(reader: BinaryReader, readOne: () => Written): Written {
  const parts: Written[] = [];
  let weight = 0;
  for (let left = reader.u32(); left > 0; left -= 1) {
    const part = readOne();
    parts.push(part);
    weight += part.weight;
    checkBound("typeWeight", weight);
  }
  return join(parts);
}

function readLabel(reader: BinaryReader): Written {
  return { weight: 1, shape: checkText(reader) };
}

function readField(reader: BinaryReader, scope: Scope): Written {
  return named(readLabel(reader), readValueType(reader, scope));
}

function readCase(reader: BinaryReader, scope: Scope): Written {
  const written = named(readLabel(reader), readOptional(reader, scope));
  reader.tag(0); // what a case refined
  return written;
}

/** A type in one byte, or the index of one. */
function readValueType(reader: BinaryReader, scope: Scope): Written {
  const first = reader.peek();
  if (first < 0x40 || first > 0x7f) return itemAt(scope, "type", reader.u32());
  const primitive = PRIMITIVES.get(first);
  if (primitive === undefined)
    throw new BinaryError(`has an unknown type of a value 0x${first.toString(16)}`);
  reader.byte();
  return primitive;
}

/** Of a resource, which is no other's. */
function readHandle(reader: BinaryReader, scope: Scope): Written {
  return { weight: itemAt(scope, "type", reader.u32()).weight };
}

function readResult(reader: BinaryReader, scope: Scope): Written {
  return write("result", join([readOptional(reader, scope), readOptional(reader, scope)]));
}

function readOptional(reader: BinaryReader, scope: Scope): Written {
  return reader.tag(1) === 1 ? readValueType(reader, scope) : NOTHING;
}

/** Parameters are told apart by their position: their names are left out. */
function readFunctionType(reader: BinaryReader, scope: Scope): Written {
  const parameters = readList(reader, () => {
    const { weight } = readLabel(reader);
    const type = readValueType(reader, scope);
    return { weight: weight + type.weight, shape: type.shape };
  });
  if (reader.tag(1) === 0) return write("func", join([parameters, readValueType(reader, scope)]));
  reader.tag(0);
  return write("func", join([parameters, { ...NOTHING, weight: 0 }]));
}

/** Held in an i32, with the function that drops one, if there is any. */
function readResource(reader: BinaryReader): Written {
  if (reader.byte() !== 0x7f) throw new BinaryError("has a resource that is not held in an i32");
  if (reader.tag(1) === 1) reader.u32();
  return { weight: 0 };
}
