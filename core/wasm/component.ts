import type { ModuleKind } from "../select/request.ts";
import { INTERFACE_BY_KIND, TYPES_INTERFACE, WORLD_MAJOR, WORLD_MINOR } from "../select/world.ts";
import { BinaryError, BinaryReader, findLayer, readSections } from "./binary.ts";

/** Section ids of a component. Source: component-model, design/mvp/Binary.md. */
const IMPORT_SECTION = 10;
const EXPORT_SECTION = 11;

export interface ComponentShape {
  readonly imports: readonly string[];
  readonly exports: readonly string[];
}

/**
 * The component's own imports and exports, from its top-level sections. jco's list isn't enough: it leaves out
 * imports of interfaces that hold only types.
 * @throws {BinaryError} when the bytes aren't a component.
 */
export function inspectComponent(bytes: Uint8Array): ComponentShape {
  const layer = findLayer(bytes);
  if (layer === "module") throw new BinaryError("is a core wasm module, not a component");
  if (layer === undefined) throw new BinaryError("is not wasm");
  const imports: string[] = [];
  const exports: string[] = [];
  for (const { id, content } of readSections(bytes)) {
    if (id === IMPORT_SECTION) imports.push(...readList(content, readImport));
    if (id === EXPORT_SECTION) exports.push(...readList(content, readExport));
  }
  return { imports, exports };
}

/** Why this component can't serve as a module of this kind, in words; undefined when it can. */
export function findMisfit(kind: ModuleKind, bytes: Uint8Array): string | undefined {
  try {
    const { imports, exports } = inspectComponent(bytes);
    if (imports[0] !== undefined) return `it imports ${imports[0]}; a module may import nothing`;
    return findMissing(TYPES_INTERFACE, exports) ?? findMissing(INTERFACE_BY_KIND[kind], exports);
  } catch (error) {
    if (error instanceof BinaryError) return `it ${error.message}`;
    throw error;
  }
}

function findMissing(name: string, exports: readonly string[]): string | undefined {
  const versions = exports.filter((it) => it.startsWith(`${name}@`)).map((it) => it.slice(name.length + 1));
  if (versions.some(isServed)) return undefined;
  const wanted = `${name}@${WORLD_MAJOR}.${WORLD_MINOR}`;
  return versions.length === 0
    ? `it doesn't export ${wanted}`
    : `it exports ${name} in version ${versions.join(", ")}; this host serves ${wanted}`;
}

function isServed(version: string): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})\.\d{1,4}$/.exec(version) ?? [];
  return Number(major) === WORLD_MAJOR && Number(minor) <= WORLD_MINOR;
}

function readList(content: Uint8Array, readOne: (reader: BinaryReader) => string): string[] {
  const reader = new BinaryReader(content);
  const names: string[] = [];
  for (let left = reader.u32(); left > 0; left -= 1) names.push(readOne(reader));
  if (!reader.atEnd)
    throw new BinaryError(`has a section with ${content.length - reader.offset} bytes too many`);
  return names;
}

function readImport(reader: BinaryReader): string {
  const name = readName(reader);
  skipDescription(reader);
  return name;
}

function readExport(reader: BinaryReader): string {
  const name = readName(reader);
  const isCore = reader.byte() === 0x00;
  if (isCore) reader.byte();
  reader.u32();
  if (readTag(reader, 0x01) === 0x01) skipDescription(reader);
  return name;
}

function readName(reader: BinaryReader): string {
  readTag(reader, 0x01);
  return reader.text();
}

/** `externdesc` of Binary.md: a sort, then an index or a bound. */
function skipDescription(reader: BinaryReader): void {
  const sort = readTag(reader, 0x05);
  const isCoreModule = sort === 0x00;
  const isBounded = sort === 0x02 || sort === 0x03;
  if (isCoreModule) reader.byte();
  const isResource = isBounded && readTag(reader, 0x01) === 0x01 && sort === 0x03;
  if (!isResource) reader.u32();
}

function readTag(reader: BinaryReader, highest: number): number {
  const tag = reader.byte();
  if (tag > highest) throw new BinaryError(`has an unknown tag ${tag} in its imports or exports`);
  return tag;
}
