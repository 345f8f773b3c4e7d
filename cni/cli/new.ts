import { Argument, Command, Option } from "commander";
import { orIoFailure } from "../../core/io-failure.ts";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import { layOutTemplate, TEMPLATE_LANGUAGES, type TemplateOptions } from "../author/template.ts";
import type { Shell } from "./shell.ts";

interface NewOptions {
  readonly lang: TemplateOptions["language"];
  readonly json?: true;
}

/** `geniectl new KIND NAME` */
export function newCommand(shell: Shell): Command {
  return new Command("new")
    .description("lay out the folder of a new module: source, metadata, golden cases")
    .addArgument(new Argument("<kind>", "what it is to be").choices(MODULE_KINDS))
    .argument("<name>", "of the module, and of its folder in this folder")
    .addOption(
      new Option("--lang <language>", "assemblyscript: 10 kB, fast; typescript: the whole language, 1.1 MB")
        .choices([...TEMPLATE_LANGUAGES])
        .makeOptionMandatory(),
    )
    .option("--json", "print one JSON document")
    .action(async (kind: ModuleKind, name: string, { lang: language, json }: NewOptions) => {
      const options = { kind, name, language, parent: "." };
      const folder = await orIoFailure(`${name} can't be made here`, () => layOutTemplate(options));
      if (json === true) shell.printJson({ folder, kind, language });
      else shell.print(`${folder}: a ${kind} in ${language}; next: geniectl build ${folder}`);
    });
}
