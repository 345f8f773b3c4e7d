import path from "node:path";
import type { ModuleKind } from "../../core/select/request.ts";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND } from "../../core/select/world.ts";
import { findFirstImport } from "./core-module.ts";
import { BuildFailure } from "./failure.ts";
import { ENTRY, type Source } from "./source.ts";
import { LIBRARY, SourceTexts } from "./source-texts.ts";
import { loadTool } from "./toolchain.ts";
import type { World } from "./world.ts";

/** What we use of `assemblyscript/asc`. Its own types declare AssemblyScript's globals for every file. */
interface Asc {
  main(
    args: readonly string[],
    options: {
      stderr: { write(chunk: unknown): void };
      readFile(name: string, folder: string): Promise<string | null>;
      listFiles(): readonly string[];
      writeFile(name: string, contents: Uint8Array | string): void;
      reportDiagnostic(diagnostic: Diagnostic): void;
      transforms: readonly { afterCompile(module: BinaryenModule): void }[];
    },
  ): Promise<{ error: Error | null }>;
}

interface Diagnostic {
  readonly code: number;
  readonly message: string;
  readonly range: {
    readonly start: number;
    readonly source: { readonly normalizedPath: string };
  } | null;
}

interface BinaryenModule {
  removeExport(name: string): void;
  addFunctionExport(internalName: string, exportName: string): void;
}

export interface CoreModule {
  readonly core: Uint8Array;
  readonly warnings: readonly string[];
}

const FLAGS = ["-Os", "--runtime", "stub", "--lib", LIBRARY, "--use", "abort=~lib/genie-cni/abi/abort"];

/**
 * Compiles an AssemblyScript module to a core module that imports nothing. The names in it are relative to the
 * source's folder, so the bytes don't depend on where that is.
 */
export async function compileAssemblyScript(
  source: Source,
  { sdk, world }: { readonly sdk: string; readonly world: World },
): Promise<CoreModule> {
  const asc = await loadTool<Asc>("assemblyscript");
  const folder = path.dirname(path.resolve(source.file));
  const texts = new SourceTexts(source, sdk);
  const report: string[] = [];
  let core: Uint8Array | undefined;
  const { error } = await asc.main([`${ENTRY}.ts`, "--baseDir", folder, "--outFile", "core.wasm", ...FLAGS], {
    stderr: { write: () => {} },
    readFile: (name, base) => texts.find(name, base),
    listFiles: () => [],
    writeFile: (_, contents) => {
      if (typeof contents !== "string") core = contents;
    },
    reportDiagnostic: (diagnostic) => report.push(formatDiagnostic(diagnostic, texts)),
    transforms: [{ afterCompile: (module) => nameExport(module, source.kind, world) }],
  });
  if (error !== null || core === undefined) {
    const todo = "mend what the compiler names";
    throw new BuildFailure(`${source.file} is not valid AssemblyScript`, { todo, report, cause: error });
  }
  refuseImports(source, core);
  return { core, warnings: report };
}

/** AssemblyScript's export names are identifiers; the component model's aren't. */
function nameExport(module: BinaryenModule, kind: ModuleKind, { version }: World): void {
  module.removeExport("call");
  module.addFunctionExport(
    `${ENTRY}/call`,
    `${INTERFACE_BY_KIND[kind]}@${version}#${FUNCTION_BY_KIND[kind]}`,
  );
}

function formatDiagnostic({ code, message, range }: Diagnostic, texts: SourceTexts): string {
  const where = range === null ? texts.file : texts.formatPlace(range.source.normalizedPath, range.start);
  return `${where}: ${message} (${code})`;
}

/** AssemblyScript's clock, console and random numbers are imports, and so is what an author declares external. */
function refuseImports({ file }: Source, core: Uint8Array): void {
  const found = findFirstImport(core);
  if (found === undefined) return;
  throw new BuildFailure(`${file} needs ${found} of the host, and a module gets nothing`, {
    todo: "do without clock, console and random numbers; request.seed is there for chance",
  });
}
