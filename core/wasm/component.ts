import { cleanReason } from "../select/answer.ts";
import type { ModuleKind } from "../select/request.ts";
import {
  INTERFACE_BY_KIND,
  INTERFACE_PREFIX,
  SERVED,
  TYPES_INTERFACE,
  type WorldVersion,
  findVersion,
  isServed,
} from "../select/world.ts";
import { BinaryError, findLayer, readSections } from "./binary.ts";
import { readExportNames, readImportNames } from "./extern.ts";
import { walkComponent, walkCoreModule } from "./check/walk.ts";
import { catchFault, type Fault, formatFault } from "./fault.ts";

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

/**
 * Why no host of ours would take this component, whatever the kind of module; undefined when one may. Reads all of it,
 * in time linear in its size, before any compiler or engine does.
 */
export function findFault(bytes: Uint8Array): Fault | undefined {
  const layer = findLayer(bytes);
  if (layer !== "component") return LAYER_FAULT[layer ?? "none"];
  return catchFault(() => walkComponent(bytes) ?? findImportFault(inspectComponent(bytes)));
}

/** Why a core module that was made of a component is none that we would run; undefined when it is. */
export function findCoreFault(bytes: Uint8Array): Fault | undefined {
  return catchFault(() => walkCoreModule(bytes));
}

/** Why this component can't serve as a module of this kind on a host of this version; undefined when it can. */
export function findModuleFault(
  kind: ModuleKind,
  bytes: Uint8Array,
  host: WorldVersion = SERVED,
): Fault | undefined {
  return findFault(bytes) ?? findWorldFault(kind, bytes, host);
}

/** The same in one sentence. */
export function findMisfit(
  kind: ModuleKind,
  bytes: Uint8Array,
  host: WorldVersion = SERVED,
): string | undefined {
  const fault = findModuleFault(kind, bytes, host);
  return fault && formatFault(fault);
}

/** Why a component that has no other fault is none of this kind: it has other exports. Reads little of it. */
export function findWorldFault(
  kind: ModuleKind,
  bytes: Uint8Array,
  host: WorldVersion = SERVED,
): Fault | undefined {
  return catchFault(() => {
    const { exports } = inspectComponent(bytes);
    const names = [TYPES_INTERFACE, INTERFACE_BY_KIND[kind]];
    return names.map((name) => findMissing(name, exports, host)).find((fault) => fault !== undefined);
  });
}

const LAYER_FAULT: Readonly<Record<"module" | "none", Fault>> = {
  module: {
    what: "is a core wasm module, not a component",
    todo: "make a component of it: geniectl build, or wasm-tools component new",
  },
  none: { what: "is not wasm", todo: "give the .wasm file that the build wrote" },
};

function findImportFault({ imports }: ComponentShape): Fault | undefined {
  const [name] = imports;
  if (name === undefined) return undefined;
  return { what: `imports ${cleanReason(name)}; a module may import nothing`, todo: planImportRemedy(name) };
}

function planImportRemedy(name: string): string {
  if (name.startsWith("wasi:"))
    return "build without WASI: Rust for wasm32-unknown-unknown, componentize-qjs with --stub-wasi, AssemblyScript without its WASI shim";
  if (name.startsWith(INTERFACE_PREFIX))
    return "let the world export the interface types as well, as selectors/wit/world.wit has it";
  return "take the import out of the world that it is built for";
}

function findMissing(name: string, exports: readonly string[], host: WorldVersion): Fault | undefined {
  const versions = exports.filter((it) => it.startsWith(`${name}@`)).map((it) => it.slice(name.length + 1));
  const isFit = (text: string) => {
    const version = findVersion(text);
    return version !== undefined && isServed(version, host);
  };
  if (versions.some(isFit)) return undefined;
  const wanted = `${name}@${host.major}.${host.minor}`;
  if (versions.length === 0) return { what: `doesn't export ${wanted}`, todo: planExportRemedy(exports) };
  return {
    what: `exports ${name} in version ${cleanReason(versions.join(", "))}; this host serves ${wanted}`,
    todo: `build it against genie:selection@${host.major}.${host.minor}.0, or update the host`,
  };
}

/** A world of root functions is what people write first. */
function planExportRemedy(exports: readonly string[]): string {
  const isRoot = exports.some((name) => name === "score" || name === "select");
  const world = "build it for world scorer or selector of selectors/wit/world.wit";
  return isRoot ? `${world}: its function belongs into an exported interface` : world;
}
