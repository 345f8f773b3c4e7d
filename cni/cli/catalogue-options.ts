import { type Command, InvalidArgumentError, Option } from "commander";
import { type Catalogue } from "../../registry/catalogue/catalogue.ts";
import { parseCatalogueName } from "../../registry/catalogue/name.ts";
import { readCatalogue } from "../../registry/catalogue/read.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import type { Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import type { Shell } from "./shell.ts";

/** Adds `--catalogue REF`, which can also stand in the environment. */
export function addCatalogueOption(command: Command, { isRequired }: { isRequired: boolean }): Command {
  const option = new Option("--catalogue <reference>", "the catalogue: registry/repository")
    .env("GENIE_CATALOGUE")
    .argParser(readName);
  command.addOption(option);
  if (isRequired) command.hook("preAction", requireCatalogue);
  return command;
}

function requireCatalogue(command: Command): void {
  if (command.getOptionValue("catalogue") !== undefined) return;
  command.error("error: name a catalogue with --catalogue registry/repository, or in GENIE_CATALOGUE");
}

function readName(text: string): Reference {
  try {
    return parseCatalogueName(text);
  } catch (error) {
    if (!(error instanceof RegistryFailure)) throw error;
    throw new InvalidArgumentError(`${error.message}: ${error.todo}.`);
  }
}

/** A catalogue, and the `host/repository` of the modules that are to be read exactly. */
export interface WantedCatalogue {
  readonly catalogue: Reference;
  readonly about: readonly string[];
}

/** Reads a catalogue; what of it can't be read is told. */
export async function fetchCatalogue(
  { catalogue: reference, about }: WantedCatalogue,
  shell: Shell,
): Promise<Catalogue> {
  const name = formatRepository(reference);
  shell.progress(`reading the catalogue ${name} …`);
  using client = new RegistryClient(reference, await shell.clientOptions());
  const catalogue = await readCatalogue(client, name, { exact: new Set(about) });
  for (const fault of catalogue.faults) shell.warn(`${name}: ${fault}`);
  return catalogue;
}
