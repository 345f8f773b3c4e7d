import { readFile } from "node:fs/promises";
import path from "node:path";
import type { ModuleMetadata } from "../../core/select/metadata.ts";
import { findMisfit } from "../../core/wasm/component.ts";
import { withMetadata } from "../../core/wasm/metadata.ts";
import { compileAssemblyScript } from "./assemblyscript.ts";
import type { ComponentizeLimits } from "./componentize.ts";
import { findMetadataOf } from "./metadata-file.ts";
import { readSource, type Source, type SourceOptions } from "./source.ts";
import { findPackageRoot, loadTool } from "./toolchain.ts";
import { compileTypeScript } from "./typescript.ts";

export interface BuiltModule extends Source {
  readonly component: Uint8Array;
  /** What the file beside the source says; undefined when there is none. */
  readonly metadata: ModuleMetadata | undefined;
  /** What the compiler advises, a line each. */
  readonly warnings: readonly string[];
}

/** What we use of jco. */
interface Jco {
  componentEmbed(options: {
    binary: Uint8Array;
    witSource: string;
    world: string;
    stringEncoding: "utf16";
  }): Promise<Uint8Array>;
  componentNew(binary: Uint8Array, adapters: readonly []): Promise<Uint8Array>;
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
  const metadata = await findMetadataOf(source.file);
  const selectors = path.join(await findPackageRoot(), "selectors");
  const built =
    source.language === "typescript"
      ? { component: await compileTypeScript(source, { selectors, ...limits }), warnings: [] }
      : await buildAssemblyScript(source, selectors);
  const misfit = findMisfit(source.kind, built.component);
  if (misfit !== undefined) throw new Error(`the build of ${source.file} doesn't fit its world: ${misfit}`);
  const component = metadata === undefined ? built.component : withMetadata(built.component, metadata);
  return { ...source, ...built, component, metadata };
}

async function buildAssemblyScript(
  source: Source,
  selectors: string,
): Promise<Pick<BuiltModule, "component" | "warnings">> {
  const { core, warnings } = await compileAssemblyScript(source, path.join(selectors, "sdk/assembly"));
  const jco = await loadTool<Jco>("@bytecodealliance/jco");
  const embedded = await jco.componentEmbed({
    binary: core,
    witSource: await readFile(path.join(selectors, "wit/world.wit"), "utf8"),
    world: source.kind,
    stringEncoding: "utf16",
  });
  return { component: await jco.componentNew(embedded, []), warnings };
}
