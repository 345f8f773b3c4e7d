import { Command, InvalidArgumentError, Option } from "commander";
import { type Deprecation, MAX_REASON_LENGTH } from "../../registry/catalogue/document.ts";
import { toBoundedLine } from "../../registry/catalogue/line.ts";
import { toModuleVersion } from "../../registry/catalogue/name.ts";
import { readDocument } from "../../registry/catalogue/artifact.ts";
import { type ModuleVersion, toEntryTag } from "../../registry/catalogue/tags.ts";
import { publishDeprecation } from "../../registry/catalogue/update.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import { toRuleName } from "../../registry/trust/rule-name.ts";
import { addCatalogueOption } from "./catalogue-options.ts";
import type { Shell } from "./shell.ts";

interface DeprecateOptions {
  readonly catalogue: Reference;
  readonly reason?: string;
  readonly instead?: string;
  readonly undo?: true;
  readonly json?: true;
}

/** `geniectl deprecate REF --reason TEXT` */
export function deprecateCommand(shell: Shell): Command {
  const command = new Command("deprecate")
    .description("say in a catalogue that a version should no longer be used; it can still be pulled")
    .argument("<reference>", "registry/repository:version");
  return addCatalogueOption(command, { isRequired: true })
    .option("--reason <text>", "why, in one line", readReason)
    .option("--instead <reference>", "what to use in its place")
    .addOption(new Option("--undo", "take it back").conflicts(["reason", "instead"]))
    .option("--json", "print one JSON document")
    .action(async (reference: string, options: DeprecateOptions, command: Command) => {
      if ((options.reason === undefined) === (options.undo === undefined)) {
        command.error("error: name a --reason, or --undo");
      }
      const said = await deprecate(reference, options, shell);
      if (options.json === true) shell.printJson(said);
      else
        shell.print(`${reference} is ${said.reason === undefined ? "no longer deprecated" : "deprecated"}`);
    });
}

function readReason(text: string): string {
  const line = toBoundedLine(text, MAX_REASON_LENGTH);
  if (line !== "" && text.length <= MAX_REASON_LENGTH) return line;
  throw new InvalidArgumentError(`It must have 1 to ${MAX_REASON_LENGTH} characters.`);
}

async function deprecate(
  reference: string,
  { catalogue, reason, instead }: DeprecateOptions,
  shell: Shell,
): Promise<Deprecation> {
  const version = toModuleVersion(parseReference(reference));
  const replacedBy = instead === undefined ? undefined : toReplacement(parseReference(instead), version);
  using client = new RegistryClient(catalogue, await shell.clientOptions());
  shell.progress(`looking for ${reference} …`);
  if ((await readDocument(client, toEntryTag(version))) === undefined) {
    throw new RegistryFailure("notFound", `${formatRepository(catalogue)} has no ${reference}`, {
      todo: "see geniectl search, or geniectl versions",
    });
  }
  const said: Deprecation = {
    type: "deprecation",
    ...version,
    ...(reason !== undefined && { reason }),
    ...(replacedBy !== undefined && { replacedBy }),
    deprecatedAt: new Date().toISOString(),
  };
  await publishDeprecation(client, said);
  return said;
}

/** @throws {RegistryFailure} invalidReference for the version itself */
function toReplacement(instead: Reference, { repository, version }: ModuleVersion): string {
  if (instead.tag !== version || toRuleName(formatRepository(instead)) !== toRuleName(repository))
    return formatReference(instead);
  throw new RegistryFailure("invalidReference", `--instead names ${repository}:${version} itself`, {
    todo: "name another version or module, or leave --instead out",
  });
}
