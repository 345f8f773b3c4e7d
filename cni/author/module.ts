import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { findModuleFault } from "../../core/wasm/component.ts";
import { type Fault, formatFault } from "../../core/wasm/fault.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { compileAssemblyScript } from "./assemblyscript.ts";
import type { ComponentizeLimits } from "./componentize.ts";
import { wrapCoreModule, wrapForeignModule } from "./core-module.ts";
import { BuildFailure } from "./failure.ts";
import { findMetadataOf } from "./metadata-file.ts";
import { type Language, readSource, type Source, type SourceOptions } from "./source.ts";
import { findPackageRoot } from "./toolchain.ts";
import { compileTypeScript } from "./typescript.ts";
import { readWorld, type World } from "./world.ts";

export interface BuiltModule extends Source {
  readonly component: Uint8Array;
  /** What the file beside the source says; undefined when there is none. */
  readonly metadata: ModuleMetadata | undefined;
  /** What the compiler advises, a line each. */
  readonly warnings: readonly string[];
}

/**
 * Builds an author's source to a component that fits its world.
 * AssemblyScript gives the same bytes for the same source, file names included, in every folder. TypeScript
 * doesn't: the snapshot of QuickJS differs with each build, see https://github.com/bytecodealliance/wizer/issues/153.
 * @throws {BuildFailure} what the author can mend.
 */
export async function buildModule(
  options: SourceOptions,
  limits: ComponentizeLimits = {},
): Promise<BuiltModule> {
  const source = await readSource(options);
  const metadata = await findMetadataOf(source.file, options.metadataFile);
  const selectors = path.join(await findPackageRoot(), "selectors");
  const world = await readWorld(options.worldFile ?? path.join(selectors, "wit/world.wit"));
  const built = await BUILD_BY_LANGUAGE[source.language](source, { selectors, world, limits });
  const fault = findModuleFault(source.kind, built.component, world.host);
  if (fault !== undefined) throw toFailure(source, fault);
  const component = metadata === undefined ? built.component : withMetadata(built.component, metadata);
  return { ...source, ...built, component, metadata };
}

/** A core module out of somebody's file can be for another world; what our own compilers make can't. */
function toFailure({ file, language }: Source, fault: Fault): Error {
  const message = `the build of ${file} doesn't fit its world: ${formatFault(fault)}`;
  return language === "wasm" ? new BuildFailure(message, { todo: fault.todo }) : new Error(message);
}

interface Building {
  /** The folder of the worlds and the SDK. */
  readonly selectors: string;
  readonly world: World;
  readonly limits: ComponentizeLimits;
}

type Build = (source: Source, building: Building) => Promise<Pick<BuiltModule, "component" | "warnings">>;

const BUILD_BY_LANGUAGE: Readonly<Record<Language, Build>> = {
  assemblyscript: async (source, { selectors, world }) => {
    const sdk = path.join(selectors, "sdk/assembly");
    const { core, warnings } = await compileAssemblyScript(source, { sdk, world });
    const component = await wrapCoreModule(core, { kind: source.kind, world, encoding: "utf16" });
    return { component, warnings };
  },
  typescript: async (source, { selectors, world, limits }) => {
    const adapter = path.join(selectors, "sdk/adapter.ts");
    return { component: await compileTypeScript(source, { adapter, world, ...limits }), warnings: [] };
  },
  wasm: async ({ file, kind }, { world }) => {
    const core = await readFile(file);
    return {
      component: await wrapForeignModule(file, core, { kind, world, encoding: "utf8" }),
      warnings: [],
    };
  },
};
