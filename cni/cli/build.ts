import path from "node:path";
import { Command, Option } from "commander";
import type { ModuleKind } from "../../core/select/request.ts";
import { BuildFailure } from "../author/failure.ts";
import { buildModule } from "../author/module.ts";
import { writeSettingsTypes } from "../author/settings-file.ts";
import { type Language, LANGUAGES } from "../author/source.ts";
import { requireModuleFile } from "../author/subject.ts";
import { makeKindOption, withReport } from "./author-options.ts";
import { formatSize } from "../../registry/size.ts";
import { writeOutput } from "./output-file.ts";
import type { Shell } from "./shell.ts";

interface BuildOptions {
  readonly kind?: ModuleKind;
  readonly lang?: Language;
  readonly metadata?: string;
  readonly out?: string;
  readonly json?: true;
}

/** `geniectl build FILE` */
export function buildCommand(shell: Shell): Command {
  return new Command("build")
    .description("build a scorer or a selector from its source")
    .argument("[source]", "a source that exports score or select, its folder, or a core module of wasm", ".")
    .addOption(makeKindOption())
    .addOption(new Option("--lang <language>", "told by what it imports").choices([...LANGUAGES]))
    .option(
      "--metadata <file>",
      "what the module says of itself (default: the source's name with .json, beside it)",
    )
    .option(
      "-o, --out <file>",
      "the component (default: the source's or its folder's name with .wasm, in this folder)",
    )
    .option("--json", "print one JSON document")
    .action(async (source: string, { kind, lang, metadata, json, ...options }: BuildOptions) => {
      const file = await requireModuleFile(source);
      const out = options.out ?? `${nameModule(source, file)}.wasm`;
      refuseToReplace(file, out);
      shell.progress(`building ${file} …`);
      const { component, warnings, ...built } = await withReport(
        () => buildModule({ file, kind, language: lang, metadataFile: metadata }, { signal: shell.signal }),
        shell,
      );
      for (const warning of [...warnings, ...(await writeSettingsTypes(built))]) shell.warn(warning);
      await writeOutput(out, component);
      const sizeBytes = component.byteLength;
      const { language } = built;
      if (json === true) shell.printJson({ file: out, kind: built.kind, language, sizeBytes });
      else shell.print(`${out}: ${built.kind} in ${language}, ${formatSize(sizeBytes)}`);
    });
}

/** A source has its own stem, what lies in a folder the folder's name. */
function nameModule(source: string, file: string): string {
  return file === source ? path.parse(file).name : path.basename(path.resolve(source));
}

function refuseToReplace(file: string, out: string): void {
  if (path.resolve(file) !== path.resolve(out)) return;
  throw new BuildFailure(`${file} would be replaced by its own component`, {
    todo: "name another file with --out",
  });
}
