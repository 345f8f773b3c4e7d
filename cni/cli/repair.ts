import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { type Digest, isDigest } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { parseReference } from "../../registry/reference.ts";
import { formatCount } from "../../registry/size.ts";
import { type LostBlob, type Repaired, repairStore } from "../../registry/store/repair.ts";
import { readConfigFile } from "./config-file.ts";
import { listModuleNames } from "./policy-slots.ts";
import type { Shell } from "./shell.ts";

interface RepairOptions {
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

const HELP = `
Reads every file of the store and holds it against its digest. An index that is damaged, or has lost entries, is made
anew of its copy and of the manifests that are there; names that are lost are taken from the configuration and its
cluster's policies. A file that is damaged or missing is told, with what to pull again: that replaces it.`;

/** `geniectl repair` */
export function repairCommand(shell: Shell): Command {
  return new Command("repair")
    .description("check every file of the module store, and mend its index")
    .option("--config <file>", "take the module store and lost names of this .conf or .conflist")
    .option("--store <dir>", `the module store (default: the configuration's, or ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: RepairOptions) => {
      const config = options.config === undefined ? undefined : await readConfigFile(options.config);
      const store = options.store ?? config?.moduleStore ?? DEFAULT_MODULE_STORE;
      const referenceByDigest = toNames(config === undefined ? [] : await listModuleNames(config, shell));
      shell.progress(`checking ${store} …`);
      const repaired = await repairStore(store, { referenceByDigest, signal: shell.signal });
      if (options.json === true) shell.printJson({ store, ...repaired });
      else print(repaired, store, shell);
      checkWhole(repaired, store);
    });
}

/** @throws {RegistryFailure} damagedStore */
function checkWhole({ damaged, missing, checkedFiles }: Repaired, store: string): void {
  const faults = [
    ...(damaged.length > 0 ? [`${damaged.length} of ${checkedFiles} files in ${store} are damaged`] : []),
    ...(missing.length > 0 ? [`${formatCount(missing.length, "file")} of ${store} can't be found`] : []),
  ];
  if (faults.length === 0) return;
  const todo = "pull again what is named, or remove what is damaged";
  throw new RegistryFailure("damagedStore", faults.join(", and "), { todo });
}

function toNames(references: readonly string[]): ReadonlyMap<Digest, string> {
  return new Map(
    references.flatMap((reference) => {
      const { digest } = parseReference(reference);
      return isDigest(digest) ? [[digest, reference] as const] : [];
    }),
  );
}

function print(repaired: Repaired, store: string, shell: Shell): void {
  const { checkedFiles, isIndexSound, added, damaged, missing } = repaired;
  shell.print(`${checkedFiles} files checked in ${store}`);
  if (!isIndexSound) shell.print("the index was damaged, and is made anew");
  for (const digest of added) shell.print(`named again: ${digest}`);
  for (const each of damaged) shell.print(`damaged: ${toText(each)}`);
  for (const each of missing) shell.print(`missing: ${toText(each)}`);
}

function toText({ file, references }: LostBlob): string {
  const of = references.length === 0 ? "of no known module" : `of ${references.join(", ")}`;
  return `${file}, ${of}`;
}
