import { type BinaryReader, readItems, type Section } from "./binary.ts";

/** Section ids of a component. Source: component-model, design/mvp/Binary.md. */
const IMPORT_SECTION = 10;
const EXPORT_SECTION = 11;

/** The names that a component's section imports: none when it is another section. */
export function readImportNames({ id, content }: Section): readonly string[] {
  return id === IMPORT_SECTION ? readItems(content, readImport) : [];
}

/** The names that a component's section exports: none when it is another section. */
export function readExportNames({ id, content }: Section): readonly string[] {
  return id === EXPORT_SECTION ? readItems(content, readExport) : [];
}

function readImport(reader: BinaryReader): string {
  const name = readExternName(reader);
  skipDescription(reader);
  return name;
}

function readExport(reader: BinaryReader): string {
  const name = readExternName(reader);
  skipSort(reader);
  reader.u32();
  if (reader.tag(0x01) === 0x01) skipDescription(reader);
  return name;
}

/** `importname'` and `exportname'` of Binary.md. */
function readExternName(reader: BinaryReader): string {
  reader.tag(0x01);
  return reader.text();
}

/** `sort` of Binary.md. */
function skipSort(reader: BinaryReader): void {
  const isCore = reader.byte() === 0x00;
  if (isCore) reader.byte();
}

/** `externdesc` of Binary.md: a sort, then an index or a bound. */
function skipDescription(reader: BinaryReader): void {
  const sort = reader.tag(0x05);
  const isCoreModule = sort === 0x00;
  const isBounded = sort === 0x02 || sort === 0x03;
  if (isCoreModule) reader.byte();
  const isResource = isBounded && reader.tag(0x01) === 0x01 && sort === 0x03;
  if (!isResource) reader.u32();
}

/** Section of exports of a core module. Source: WebAssembly core specification, "Modules". */
const CORE_EXPORT_SECTION = 7;

/** The names that a core module's section exports: none when it is another section. */
export function readCoreExportNames({ id, content }: Section): readonly string[] {
  return id === CORE_EXPORT_SECTION ? readItems(content, readCoreExport) : [];
}

/** A name, a sort in one byte, and an index. */
function readCoreExport(reader: BinaryReader): string {
  const name = reader.text();
  reader.byte();
  reader.u32();
  return name;
}
