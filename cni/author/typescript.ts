import path from "node:path";
import { FUNCTION_BY_KIND, INTERFACE_BY_KIND, INTERFACE_PREFIX } from "../../core/select/world.ts";
import { componentize, type ComponentizeLimits } from "./componentize.ts";
import { BuildFailure } from "./failure.ts";
import { ENTRY, type Source } from "./source.ts";
import { loadTool } from "./toolchain.ts";
import type { World } from "./world.ts";

/** What we use of rolldown. */
interface Rolldown {
  rolldown(options: {
    input: string;
    cwd: string;
    platform: "neutral";
    plugins: readonly Plugin[];
    onLog(level: string, log: { message: string }): void;
  }): Promise<Bundle>;
}

interface Plugin {
  readonly name: string;
  resolveId(id: string): string | undefined;
  load(id: string): string | undefined;
}

interface Bundle extends AsyncDisposable {
  generate(options: { format: "esm"; comments: false }): Promise<{
    readonly output: readonly [{ readonly code: string; readonly imports: readonly string[] }];
  }>;
}

/** Compiles a plain TypeScript or JavaScript module to a component that holds QuickJS and imports nothing. */
export async function compileTypeScript(
  source: Source,
  { adapter, world, ...limits }: ComponentizeLimits & { readonly adapter: string; readonly world: World },
): Promise<Uint8Array> {
  const jsSource = await bundle(source, adapter);
  try {
    return await componentize({ witPath: world.file, jsSource, world: source.kind }, limits);
  } catch (cause) {
    if (!(cause instanceof BuildFailure)) throw cause;
    const { todo, report } = cause;
    throw new BuildFailure(`${source.file} can't be built as TypeScript: ${cause.message}`, {
      todo,
      report,
      cause,
    });
  }
}

/** Strips the types and puts all files of the module into one text. */
async function bundle(source: Source, adapter: string): Promise<string> {
  const bundler = await loadTool<Rolldown>("rolldown");
  const report: string[] = [];
  try {
    await using build = await bundler.rolldown({
      input: ENTRY,
      cwd: path.dirname(path.resolve(source.file)),
      platform: "neutral",
      plugins: [planEntry(source, adapter)],
      onLog: (_, log) => report.push(log.message),
    });
    const { output } = await build.generate({ format: "esm", comments: false });
    const [{ code, imports }] = output;
    if (imports[0] === undefined) return code;
    throw invalid(source, new Error(`a module has nothing but itself: it can't import ${imports[0]}`));
  } catch (cause) {
    if (cause instanceof BuildFailure) throw cause;
    throw invalid(source, cause, report);
  }
}

/** The file with which the bundle starts: from the component's export over the adapter to the author's function. */
function planEntry({ file, kind }: Source, adapter: string): Plugin {
  const name = FUNCTION_BY_KIND[kind];
  const exported = INTERFACE_BY_KIND[kind].slice(INTERFACE_PREFIX.length);
  const text = `
import { ${name} } from ${JSON.stringify(path.resolve(file))};
import { checkAnswer, toRequest } from ${JSON.stringify(adapter)};
export const ${exported} = {
  ${name}: (request, ...rest) => checkAnswer("${name}", ${name}(toRequest(request), ...rest)),
};`;
  return {
    name: ENTRY,
    resolveId: (id) => (id === ENTRY ? id : undefined),
    load: (id) => (id === ENTRY ? text : undefined),
  };
}

function invalid({ file }: Source, cause: unknown, report: readonly string[] = []): BuildFailure {
  const said = cause instanceof Error ? cause.message : String(cause);
  return new BuildFailure(`${file} can't be built as TypeScript`, {
    todo: "mend what is named above",
    report: [...report, ...said.split("\n")],
    cause,
  });
}
