import { cleanReason } from "../select/answer.ts";
import type { ModuleKind } from "../select/request.ts";
import { INTERFACE_BY_KIND, TYPES_INTERFACE, WORLD_MAJOR, WORLD_MINOR } from "../select/world.ts";
import { BinaryError, findLayer, readSections } from "./binary.ts";
import { readExportNames, readImportNames } from "./extern.ts";

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
  const sections = [...readSections(bytes)];
  return { imports: sections.flatMap(readImportNames), exports: sections.flatMap(readExportNames) };
}

/** Why this component can't serve as a module of this kind, in words; undefined when it can. */
export function findMisfit(kind: ModuleKind, bytes: Uint8Array): string | undefined {
  try {
    const { imports, exports } = inspectComponent(bytes);
    if (imports[0] !== undefined) return `it imports ${cleanReason(imports[0])}; a module may import nothing`;
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
    : `it exports ${name} in version ${cleanReason(versions.join(", "))}; this host serves ${wanted}`;
}

function isServed(version: string): boolean {
  const [, major, minor] = /^(\d{1,4})\.(\d{1,4})\.\d{1,4}$/.exec(version) ?? [];
  return Number(major) === WORLD_MAJOR && Number(minor) <= WORLD_MINOR;
}
