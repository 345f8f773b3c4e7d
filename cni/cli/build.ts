import path from "node:path";
import { Command, Option } from "commander";
import type { ModuleKind } from "../../core/select/request.ts";
import { BuildFailure } from "../author/failure.ts";
import { type BuiltModule, buildModule } from "../author/module.ts";
import { type Language, LANGUAGES, type SourceOptions } from "../author/source.ts";
import { formatSize } from "./output.ts";
import { writeOutput } from "./output-file.ts";
import type { Shell } from "./shell.ts";

interface BuildOptions {
  readonly kind?: ModuleKind;
  readonly lang?: Language;
  readonly out?: string;
  readonly json?: true;
}

/** `geniectl build FILE` */
export function buildCommand(shell: Shell): Command {
  return new Command("build")
    .description("build a scorer or a selector from its source")
    .argument("<file>", "the module: a file that exports score or select")
    .addOption(new Option("--kind <kind>", "told by what it exports").choices(["scorer", "selector"]))
    .addOption(new Option("--lang <language>", "told by what it imports").choices([...LANGUAGES]))
    .option("-o, --out <file>", "the component (default: the source's name with .wasm, in this folder)")
    .option("--json", "print one JSON document")
    .action(async (file: string, { kind, lang, out = nameOutput(file), json }: BuildOptions) => {
      shell.progress(`building ${file} …`);
      const { component, warnings, ...built } = await build({ file, kind, language: lang }, shell);
      for (const warning of warnings) shell.warn(warning);
      await writeOutput(out, component);
      const sizeBytes = component.byteLength;
      const { language } = built;
      if (json === true) shell.printJson({ file: out, kind: built.kind, language, sizeBytes });
      else shell.print(`${out}: ${built.kind} in ${language}, ${formatSize(sizeBytes)}`);
    });
}

/** What the compiler said comes first, so that the last line is the one that tells what to do. */
async function build(source: SourceOptions, shell: Shell): Promise<BuiltModule> {
  try {
    return await buildModule(source, { signal: shell.signal });
  } catch (error) {
    if (error instanceof BuildFailure) {
      for (const line of error.report) shell.quote(line);
    }
    throw error;
  }
}

function nameOutput(file: string): string {
  return `${path.basename(file, path.extname(file))}.wasm`;
}
