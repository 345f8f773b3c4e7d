import { BinaryError, type BinaryReader } from "../binary.ts";
import { checkBound, type Count } from "./bounds.ts";
import { checkConstant, checkFunction } from "./code.ts";
import { refuse } from "./features.ts";
import { checkText } from "./text.ts";
import { locate } from "./place.ts";
import { readLimits, readReferenceType, readValueType } from "./value-type.ts";

/** What is known of a core module while it is read. */
export interface CoreModule {
  readonly count: Count;
  /** Memories that it may have, imported ones included: those that jco makes copy from one to another. */
  readonly mostMemories: number;
  memories: number;
  /** Functions that it imports: they come before its own. */
  importedFunctions: number;
  /** Functions of its own, whose bodies come later. */
  declaredFunctions: number;
}

type CheckSection = (reader: BinaryReader, module: CoreModule) => void;

/** Sections by id; custom ones are not among them. Source: WebAssembly core specification, "Modules". */
const SECTIONS: readonly (readonly [name: string, check: CheckSection] | undefined)[] = [
  undefined,
  ["type", checkTypes],
  ["import", checkImports],
  ["function", checkFunctionIndexes],
  ["table", checkTables],
  ["memory", checkMemories],
  ["global", checkGlobals],
  ["export", checkExports],
  ["start", (reader) => void reader.u32()],
  ["element", checkElements],
  ["code", checkCode],
  ["data", checkData],
  ["data count", (reader) => void reader.u32()],
  ["tag", () => refuse("exceptions")],
];

/** Holds one section of a core module against bounds and features. */
export function checkCoreSection(id: number, reader: BinaryReader, module: CoreModule): void {
  const known = SECTIONS[id];
  if (known === undefined) throw new BinaryError(`has an unknown section ${id}`);
  const [name, check] = known;
  locate(`${name} section`, reader, () => check(reader, module));
}

function checkTypes(reader: BinaryReader, { count }: CoreModule): void {
  for (let left = countItems(reader, "types", count); left > 0; left -= 1) {
    readForm(reader);
    readTypeList(reader);
    readTypeList(reader);
  }
}

/** The byte before a type: a function's, or one of the later proposals. */
function readForm(reader: BinaryReader): void {
  const form = reader.byte();
  if (form === 0x60) return;
  if (form === 0x5d) refuse("stack switching");
  if (form >= 0x4d && form <= 0x5f) refuse("garbage collection");
  throw new BinaryError(`has an unknown type 0x${form.toString(16)}`);
}

function readTypeList(reader: BinaryReader): void {
  const types = reader.u32();
  checkBound("parameters", types);
  for (let left = types; left > 0; left -= 1) readValueType(reader);
}

function checkImports(reader: BinaryReader, module: CoreModule): void {
  for (let left = countItems(reader, "items", module.count); left > 0; left -= 1) {
    checkText(reader);
    checkText(reader);
    const importType = IMPORT_TYPES[reader.tag(IMPORT_TYPES.length - 1)];
    importType?.(reader, module);
  }
}

/** What is imported, in the order of the tags. */
const IMPORT_TYPES: readonly CheckSection[] = [
  (reader, module) => {
    reader.u32();
    module.importedFunctions += 1;
  },
  readTable,
  readMemory,
  readGlobal,
  () => refuse("exceptions"),
];

function checkFunctionIndexes(reader: BinaryReader, module: CoreModule): void {
  const functions = countItems(reader, "functions", module.count);
  module.declaredFunctions += functions;
  for (let left = functions; left > 0; left -= 1) reader.u32();
}

function checkTables(reader: BinaryReader, module: CoreModule): void {
  for (let left = reader.u32(); left > 0; left -= 1) readTable(reader, module);
}

function readTable(reader: BinaryReader, { count }: CoreModule): void {
  count("tables", 1);
  if (reader.peek() === 0x40) refuse("typed function references"); // a table with an initial value
  readReferenceType(reader);
  count("tableEntries", readLimits(reader));
}

function checkMemories(reader: BinaryReader, module: CoreModule): void {
  for (let left = reader.u32(); left > 0; left -= 1) readMemory(reader, module);
}

function readMemory(reader: BinaryReader, module: CoreModule): void {
  module.count("memories", 1);
  module.memories += 1;
  if (module.memories > module.mostMemories) refuse("several memories in one module");
  readLimits(reader);
}

function checkGlobals(reader: BinaryReader, module: CoreModule): void {
  for (let left = reader.u32(); left > 0; left -= 1) {
    readGlobal(reader, module);
    checkConstant(reader);
  }
}

function readGlobal(reader: BinaryReader, { count }: CoreModule): void {
  count("globals", 1);
  readValueType(reader);
  if (reader.byte() > 1) refuse("threads"); // a shared global
}

function checkExports(reader: BinaryReader, { count }: CoreModule): void {
  for (let left = countItems(reader, "items", count); left > 0; left -= 1) {
    checkText(reader);
    if (reader.byte() === 0x04) refuse("exceptions");
    reader.u32();
  }
}

/** Bits of a segment's first number: not put into a table at once; names a table or a kind; has expressions. */
const PASSIVE = 1;
const EXPLICIT = 2;
const EXPRESSIONS = 4;

function checkElements(reader: BinaryReader, { count }: CoreModule): void {
  for (let left = countItems(reader, "segments", count); left > 0; left -= 1) {
    const flags = reader.tag(7);
    const isActive = (flags & PASSIVE) === 0;
    if (isActive && (flags & EXPLICIT) !== 0) reader.u32();
    if (isActive) checkConstant(reader);
    const hasExpressions = (flags & EXPRESSIONS) !== 0;
    if ((flags & (PASSIVE | EXPLICIT)) !== 0) readElementKind(reader, hasExpressions);
    for (let elements = countItems(reader, "tableEntries", count); elements > 0; elements -= 1) {
      if (hasExpressions) checkConstant(reader);
      else reader.u32();
    }
  }
}

function readElementKind(reader: BinaryReader, hasExpressions: boolean): void {
  if (hasExpressions) readReferenceType(reader);
  else reader.tag(0);
}

function checkCode(reader: BinaryReader, { count, importedFunctions, declaredFunctions }: CoreModule): void {
  const functions = reader.u32();
  count("functions", Math.max(0, functions - declaredFunctions)); // no engine takes them, but they are read here
  for (let at = 0; at < functions; at += 1) {
    const body = reader.part();
    locate(`code section, function ${importedFunctions + at}`, body, () => checkFunction(body));
  }
}

function checkData(reader: BinaryReader, { count }: CoreModule): void {
  for (let left = countItems(reader, "segments", count); left > 0; left -= 1) {
    const flags = reader.tag(2);
    if (flags === 2) reader.u32();
    if (flags !== 1) checkConstant(reader);
    reader.part();
  }
}

/** The length of a list, added to what there is of such items. */
function countItems(
  reader: BinaryReader,
  bound: "types" | "items" | "functions" | "segments" | "tableEntries",
  count: Count,
): number {
  const items = reader.u32();
  count(bound, items);
  return items;
}
