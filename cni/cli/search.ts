import { Command, Option } from "commander";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import type { CatalogueEntry } from "../../registry/catalogue/catalogue.ts";
import { planSearch } from "../../registry/catalogue/search.ts";
import type { Reference } from "../../registry/reference.ts";
import { addCatalogueOption, fetchCatalogue } from "./catalogue-options.ts";
import { formatCount, formatSize } from "../../registry/size.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";

interface SearchOptions {
  readonly catalogue: Reference;
  readonly kind?: ModuleKind;
  readonly kpi?: string;
  readonly signedBy?: string;
  readonly json?: true;
}

const MAX_DESCRIPTION_LENGTH = 80;

/** `geniectl search [WORDS…]` */
export function searchCommand(shell: Shell): Command {
  const command = new Command("search")
    .description("find modules in a catalogue by words of their names, descriptions and KPIs")
    .argument("[words...]", "each must be found; none: all modules");
  return addCatalogueOption(command, { isRequired: true })
    .addOption(new Option("--kind <kind>", "that kind only").choices(MODULE_KINDS))
    .option("--kpi <name>", "makes use of this KPI")
    .option(
      "--signed-by <fingerprint>",
      "its publisher says that this key signed it; geniectl verify proves it",
    )
    .option("--json", "print one JSON document")
    .action(async (words: string[], options: SearchOptions) => {
      const { entries } = await fetchCatalogue({ catalogue: options.catalogue, about: [] }, shell);
      const found = planSearch(entries, { words, ...options });
      if (options.json === true) shell.printJson(found);
      else if (found.length === 0)
        shell.print(`no module fits; there are ${formatCount(entries.length, "version")}`);
      else printTable([["MODULE", "KIND", "SIZE", "SIGNED", "DESCRIPTION"], ...found.map(toRow)], shell);
    });
}

function toRow(entry: CatalogueEntry): string[] {
  const { repository, version, kind, sizeBytes, signers, deprecated, title, description } = entry;
  const told = title === undefined ? description : `${title}: ${description}`;
  const note = deprecated === undefined ? "" : `deprecated (${deprecated.reason}) `;
  return [
    `${repository}:${version}`,
    kind,
    formatSize(sizeBytes),
    signers.length === 0 ? "no" : "yes",
    `${note}${told}`.slice(0, MAX_DESCRIPTION_LENGTH),
  ];
}
