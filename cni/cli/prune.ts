import { Command, InvalidArgumentError } from "commander";
import { DEFAULT_MODULE_STORE, parseFolders } from "../../core/config.ts";
import { type Pruned, pruneStore } from "../../registry/store/prune.ts";
import { findStore } from "./config-file.ts";
import { readPinned } from "./pinned.ts";
import type { Shell } from "./shell.ts";
import { formatCount, formatSize } from "../../registry/size.ts";
import { printTable } from "./table.ts";

interface PruneOptions {
  readonly config: readonly string[];
  readonly confDir: string;
  readonly store?: string;
  readonly all?: true;
  readonly olderThan: number;
  readonly dryRun?: true;
  readonly json?: true;
}

const DEFAULT_CONF_DIR = parseFolders("{}").confDir;
const HOUR_MS = 3_600_000;
const DEFAULT_HOURS = 24;
/** Programs that know nothing of our lock name their blobs within this time. */
const UNNAMED_HOURS = 1;

const HELP = `
Stays: what a configuration names (each --config, and all of genie in the conf folder), what the SelectionPolicies of
their cluster name, what was pulled in the last 24 hours, what has a tag (unless --all), and what refers to any of
these: signatures, READMEs.

Goes: the rest, with what was made of it, and what crashes have left. It may be run at any time, also beside a pull.`;

/** `geniectl prune` */
export function pruneCommand(shell: Shell): Command {
  return new Command("prune")
    .description("remove modules from the store of this node that nothing needs")
    .option("--config <file>", "keep what this .conf or .conflist names; may be given again", collect, [])
    .option("--conf-dir <dir>", "keep what genie's configurations here name", DEFAULT_CONF_DIR)
    .option("--store <dir>", `the module store (default: the configuration's, or ${DEFAULT_MODULE_STORE})`)
    .option("--all", "remove also what has a tag and is named by no configuration")
    .option("--older-than <hours>", "keep what was pulled later", parseHours, DEFAULT_HOURS)
    .option("--dry-run", "show what would be removed, and remove nothing")
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: PruneOptions) => {
      const { store, pinned, pruned } = await prune(options, shell);
      const dryRun = options.dryRun === true;
      if (options.json === true) shell.printJson({ store, dryRun, configs: pinned.files, ...pruned });
      else print(pruned, { store, dryRun, olderThan: options.olderThan }, shell);
    });
}

async function prune({ config, confDir, olderThan, all, dryRun, ...options }: PruneOptions, shell: Shell) {
  const pinned = await readPinned({ config, confDir }, shell);
  const [first] = pinned.files;
  const store = await findStore({ ...options, ...(first === undefined ? {} : { config: first }) });
  shell.progress(`looking through ${store} …`);
  const nowMs = Date.now();
  const needs = {
    digests: pinned.digests,
    references: pinned.references,
    tagged: all !== true,
    sinceMs: nowMs - olderThan * HOUR_MS,
    unnamedSinceMs: nowMs - Math.max(olderThan, UNNAMED_HOURS) * HOUR_MS,
  };
  return { store, pinned, pruned: await pruneStore(store, needs, { dryRun: dryRun === true }) };
}

function print(
  { artifacts, kept, files, freedBytes }: Pruned,
  { store, dryRun, olderThan }: { store: string; dryRun: boolean; olderThan: number },
  shell: Shell,
): void {
  const rows = artifacts.flatMap(({ digest, references, artifactType = "unknown", sizeBytes }) =>
    (references.length === 0 ? ["-"] : references).map((reference) => [
      reference,
      digest,
      artifactType,
      formatSize(sizeBytes),
    ]),
  );
  if (rows.length > 0) printTable([["REFERENCE", "DIGEST", "TYPE", "SIZE"], ...rows], shell);
  const freed = `${formatCount(artifacts.length, "artifact")}, ${formatCount(files, "file")}, ${formatSize(freedBytes)}`;
  const young = `what was pulled in the last ${formatCount(olderThan, "hour")} is kept: --older-than 0`;
  if (kept > 0 && olderThan > 0) shell.print(young);
  const stay = `${formatCount(kept, "artifact")} ${kept === 1 ? "stays" : "stay"}`;
  shell.print(`${dryRun ? "would be removed" : "removed"} from ${store}: ${freed}; ${stay}`);
}

function collect(file: string, before: readonly string[]): readonly string[] {
  return [...before, file];
}

function parseHours(text: string): number {
  if (/^\d{1,6}$/.test(text)) return Number(text);
  throw new InvalidArgumentError("Hours are a whole number.");
}
