import { INTERFACE_BY_KIND } from "../../core/select/world.ts";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import { BinaryError, BinaryReader, readSections, type Section } from "../../core/wasm/binary.ts";
import { readCoreExportNames } from "../../core/wasm/extern.ts";
import type { TextEncoding } from "../../core/wasm/lift.ts";
import { CUSTOM_SECTION } from "../../core/wasm/metadata-section.ts";
import { BuildFailure } from "./failure.ts";
import { loadTool } from "./toolchain.ts";
import type { World } from "./world.ts";

/** Source: WebAssembly core specification, "Binary Format: Modules". */
const IMPORT_SECTION = 2;

/** Where tools like wit-bindgen say which world a core module is for, and how its strings are encoded. */
const WORLD_SECTION = "component-type";

/** What we use of jco. */
interface Jco {
  componentEmbed(options: {
    binary: Uint8Array;
    witSource: string;
    world: ModuleKind;
    stringEncoding: TextEncoding;
  }): Promise<Uint8Array>;
  componentNew(binary: Uint8Array, adapters: readonly []): Promise<Uint8Array>;
}

export interface Wrapping {
  readonly kind: ModuleKind;
  readonly world: World;
  /** Of a module that doesn't say it itself. */
  readonly encoding: TextEncoding;
}

/**
 * Makes a component of a core module that has the world's exports by their canonical names and imports nothing. What
 * the module itself says about its world counts.
 * Source: component-model, design/mvp/CanonicalABI.md, "Component Invariants" and "Canonical ABI".
 */
export async function wrapCoreModule(
  core: Uint8Array,
  { kind, world, encoding }: Wrapping,
): Promise<Uint8Array> {
  const jco = await loadTool<Jco>("@bytecodealliance/jco");
  const embedded = saysItsWorld(core)
    ? core
    : await jco.componentEmbed({
        binary: core,
        witSource: world.text,
        world: kind,
        stringEncoding: encoding,
      });
  return await jco.componentNew(embedded, []);
}

/** The same for a core module out of somebody's file. @throws {BuildFailure} saying what it lacks. */
export async function wrapForeignModule(
  file: string,
  core: Uint8Array,
  wrapping: Wrapping,
): Promise<Uint8Array> {
  const found = readOrFail(file, () => findFirstImport(core));
  if (found !== undefined) {
    throw new BuildFailure(`${file} needs ${found} of the host, and a module gets nothing`, {
      todo: "build it without WASI and without a host's functions; for Rust, the target is wasm32-unknown-unknown",
    });
  }
  try {
    return await wrapCoreModule(core, wrapping);
  } catch (cause) {
    throw new BuildFailure(`${file} can't be made a component for world ${wrapping.kind}`, {
      todo: "mend what is named above",
      report: (cause instanceof Error ? cause.message : String(cause)).split("\n"),
      cause,
    });
  }
}

/** The kinds for which a core module has the function that answers. @throws {BuildFailure} when it can't be read. */
export function listAnswers(file: string, core: Uint8Array): readonly ModuleKind[] {
  return readOrFail(file, () => {
    const names = [...readSections(core)].flatMap(readCoreExportNames);
    return MODULE_KINDS.filter((kind) =>
      names.some((name) => name.startsWith(`${INTERFACE_BY_KIND[kind]}@`)),
    );
  });
}

/** What a core module imports first, as `module.name`. Source: WebAssembly core specification, "Import Section". */
export function findFirstImport(core: Uint8Array): string | undefined {
  for (const { id, content } of readSections(core)) {
    if (id !== IMPORT_SECTION) continue;
    const reader = new BinaryReader(content);
    return reader.u32() === 0 ? undefined : `${reader.text()}.${reader.text()}`;
  }
  return undefined;
}

function saysItsWorld(core: Uint8Array): boolean {
  return [...readSections(core)].some(isWorldSection);
}

function isWorldSection({ id, content }: Section): boolean {
  return id === CUSTOM_SECTION && new BinaryReader(content).text().startsWith(WORLD_SECTION);
}

function readOrFail<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (cause) {
    if (!(cause instanceof BinaryError)) throw cause;
    throw new BuildFailure(`${file} ${cause.message}`, { todo: "build it again", cause });
  }
}
