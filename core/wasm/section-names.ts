import { type BinaryReader, readItems, type Section } from "./binary.ts";
import { readExportNames, readExternName, readImportNames, skipSort } from "./extern.ts";

/** Source: WebAssembly core specification, "Binary Format: Modules". */
const CORE_IMPORT_SECTION = 2;
const CORE_EXPORT_SECTION = 7;

/** Source: component-model, design/mvp/Binary.md. */
const CORE_INSTANCE_SECTION = 2;
const INSTANCE_SECTION = 5;
const ALIAS_SECTION = 6;

/** All names that a section of a core module imports or exports. */
export function readModuleNames({ id, content }: Section): readonly string[] {
  if (id === CORE_IMPORT_SECTION) return readItems(content, readCoreImport).flat();
  return id === CORE_EXPORT_SECTION ? readItems(content, readIndexed) : [];
}

/** All names in a section of a component by which things are imported, exported, handed over or picked. */
export function readComponentNames(section: Section): readonly string[] {
  const { id, content } = section;
  if (id === CORE_INSTANCE_SECTION) return readItems(content, readCoreInstance).flat();
  if (id === INSTANCE_SECTION) return readItems(content, readInstance).flat();
  if (id === ALIAS_SECTION) return readItems(content, readAlias).flat();
  return [...readImportNames(section), ...readExportNames(section)];
}

/** The types of what core modules import, in the order of their tags. */
const SKIP_TYPE: readonly ((reader: BinaryReader) => void)[] = [
  (func) => void func.u32(),
  (table) => {
    table.byte();
    skipLimits(table);
  },
  skipLimits,
  (global) => void global.take(2),
  (tag) => {
    tag.byte();
    tag.u32();
  },
];

/** Two names and a type. What types of later versions of wasm look like is not known, and refused. */
function readCoreImport(reader: BinaryReader): readonly string[] {
  const names = [reader.text(), reader.text()];
  const skipType = SKIP_TYPE[reader.tag(SKIP_TYPE.length - 1)];
  skipType?.(reader);
  return names;
}

function skipLimits(reader: BinaryReader): void {
  const hasMaximum = reader.tag(0x01) === 0x01;
  reader.u32();
  if (hasMaximum) reader.u32();
}

/** A name, a sort in one byte, and an index. */
function readIndexed(reader: BinaryReader): string {
  const name = reader.text();
  reader.byte();
  reader.u32();
  return name;
}

function readCoreInstance(reader: BinaryReader): readonly string[] {
  const isOfModule = reader.tag(0x01) === 0x00;
  if (isOfModule) reader.u32();
  return reader.list(readIndexed);
}

function readInstance(reader: BinaryReader): readonly string[] {
  const isOfComponent = reader.tag(0x01) === 0x00;
  if (isOfComponent) reader.u32();
  return reader.list(() => {
    const name = isOfComponent ? reader.text() : readExternName(reader);
    skipSort(reader);
    reader.u32();
    return name;
  });
}

function readAlias(reader: BinaryReader): readonly string[] {
  skipSort(reader);
  const isOuter = reader.tag(0x02) === 0x02;
  reader.u32();
  if (!isOuter) return [reader.text()];
  reader.u32();
  return [];
}
