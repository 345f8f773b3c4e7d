import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkAlias } from "./alias.ts";
import { checkBound } from "./bounds.ts";
import { readExternName, readExternType } from "./extern-type.ts";
import { refuse } from "./features.ts";
import { addExport, addItem, type Item, itemAt, openScope, type Scope, sumWeights } from "./scope.ts";
import { checkText } from "./text.ts";

/** Reads the definition of a type. Source: component-model, design/mvp/Binary.md, `deftype`. */
export function readType(reader: BinaryReader, scope: Scope, depth: number): Item {
  checkBound("typeNesting", depth);
  const form = reader.byte();
  if (form === 0x42) return readInstanceType(reader, scope, depth);
  const read = FORMS.get(form);
  if (read !== undefined) return { sort: "type", weight: 1 + read(reader, scope) };
  if (form >= 0x73 && form <= 0x7f) return { sort: "type", weight: 1 }; // bool to string
  throw new BinaryError(`has an unknown type 0x${form.toString(16)}`);
}

type ReadForm = (reader: BinaryReader, scope: Scope) => number;

/** What stands after the byte of each form. They return the parts of what they name. */
const FORMS: ReadonlyMap<number, ReadForm> = new Map<number, ReadForm>([
  [0x72, (reader, scope) => sumList(reader, () => readLabel(reader) + readValueType(reader, scope))], // record
  [0x71, (reader, scope) => sumList(reader, () => readCase(reader, scope))], // variant
  [0x70, readValueType], // list
  [0x6f, (reader, scope) => sumList(reader, () => readValueType(reader, scope))], // tuple
  [0x6e, (reader) => sumList(reader, () => readLabel(reader))], // flags
  [0x6d, (reader) => sumList(reader, () => readLabel(reader))], // enum
  [0x6b, readValueType], // option
  [0x6a, (reader, scope) => readOptional(reader, scope) + readOptional(reader, scope)], // result
  [0x69, readTypeIndex], // own
  [0x68, readTypeIndex], // borrow
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

/** Adds up what the items of a list weigh. A list costs a byte an item, so that no length runs away. */
function sumList(reader: BinaryReader, readOne: () => number): number {
  let sum = 0;
  for (let left = reader.u32(); left > 0; left -= 1) {
    sum += readOne();
    checkBound("typeWeight", sum);
  }
  return sum;
}

function readLabel(reader: BinaryReader): number {
  checkText(reader);
  return 1;
}

function readCase(reader: BinaryReader, scope: Scope): number {
  const weight = readLabel(reader) + readOptional(reader, scope);
  reader.tag(0); // what a case refined
  return weight;
}

/** A type in one byte, or the index of one. */
function readValueType(reader: BinaryReader, scope: Scope): number {
  const first = reader.peek();
  if (first < 0x40 || first > 0x7f) return readTypeIndex(reader, scope);
  if (first < 0x73) throw new BinaryError(`has an unknown type of a value 0x${first.toString(16)}`);
  reader.byte();
  return 1;
}

function readTypeIndex(reader: BinaryReader, scope: Scope): number {
  return itemAt(scope, "type", reader.u32()).weight;
}

function readOptional(reader: BinaryReader, scope: Scope): number {
  return reader.tag(1) === 1 ? readValueType(reader, scope) : 1;
}

function readFunctionType(reader: BinaryReader, scope: Scope): number {
  const parameters = sumList(reader, () => readLabel(reader) + readValueType(reader, scope));
  if (reader.tag(1) === 0) return parameters + readValueType(reader, scope);
  reader.tag(0);
  return parameters;
}

/** Held in an i32, with the function that drops one, if there is any. */
function readResource(reader: BinaryReader): number {
  if (reader.byte() !== 0x7f) throw new BinaryError("has a resource that is not held in an i32");
  if (reader.tag(1) === 1) reader.u32();
  return 0;
}

/** The type of an instance: what it would export, with types and aliases of its own. */
function readInstanceType(reader: BinaryReader, outer: Scope, depth: number): Item {
  const scope = openScope(outer.count, outer);
  for (let left = reader.u32(); left > 0; left -= 1) readDeclaration(reader, scope, depth);
  return { sort: "type", weight: sumWeights(scope.exports), exports: scope.exports };
}

function readDeclaration(reader: BinaryReader, scope: Scope, depth: number): void {
  const form = reader.byte();
  if (form === 0x01) {
    scope.count("types", 1);
    addItem(scope, readType(reader, scope, depth + 1));
  } else if (form === 0x02) checkAlias(reader, scope);
  else if (form === 0x04) {
    scope.count("items", 1);
    const name = readExternName(reader);
    const item = readExternType(reader, scope);
    addItem(scope, item);
    addExport(scope.exports, name, item);
  } else if (form === 0x00) refuse("core types of components");
  else throw new BinaryError(`has an unknown declaration 0x${form.toString(16)}`);
}
