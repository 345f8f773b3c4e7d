import path from "node:path";
import { Command, Option } from "commander";
import { Failure } from "../../core/errors.ts";
import { findJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../../core/spec/json.ts";
import { type Migration, planMigration, type Source, SOURCES } from "../migrate/migrate.ts";
import { MAX_CONFIG_BYTES } from "./config-file.ts";
import { readInput } from "./input-file.ts";
import { writeNew } from "./new-file.ts";
import { formatTable } from "./output.ts";
import type { Shell } from "./shell.ts";

interface MigrateOptions {
  readonly from?: Source;
  readonly out?: string;
  readonly json?: true;
}

const HELP = `
Reads, and changes nothing: genie's configuration goes to stdout, and what becomes of each key to stderr. With --out, all
files are written into that folder, none over another.`;

/** `geniectl migrate FILE` */
export function migrateCommand(shell: Shell): Command {
  return new Command("migrate")
    .description("turn a configuration of CNI-Genie or Multus into one of genie's")
    .argument("<file>", "their .conf or .conflist, or the configuration of Multus' daemon")
    .addOption(new Option("--from <whom>", "whose it is, where its type doesn't say").choices(SOURCES))
    .option("--out <folder>", "write the files into this folder")
    .option("--json", "print one JSON document: configuration, further files, notes")
    .addHelpText("after", HELP)
    .action(async (file: string, { from, out, json }: MigrateOptions) => {
      const migration = planMigration(await readObject(file), from);
      const written = out === undefined ? [] : await writeAll(migration, out);
      if (json === true) return shell.printJson({ ...migration, written });
      if (out === undefined) for (const line of formatFile(migration.config)) shell.print(line);
      for (const name of written) shell.print(name);
      tell(migration, { file, isWritten: out !== undefined }, shell);
    });
}

async function readObject(file: string): Promise<JsonObject> {
  const text = (await readInput(file, MAX_CONFIG_BYTES)).toString("utf8");
  const found = findJsonObject(text);
  if (found !== undefined && isNestedWithin(found, MOST_LEVELS)) return found;
  const why = found === undefined ? "is no JSON object" : `is nested more than ${MOST_LEVELS} levels deep`;
  throw new Failure("decodingFailure", `${file} ${why}`, {
    details: "name a configuration of CNI-Genie or Multus",
  });
}

async function writeAll({ config, files }: Migration, folder: string): Promise<readonly string[]> {
  const own = { name: `00-genie.${"plugins" in config ? "conflist" : "conf"}`, content: config };
  const all = [own, ...files].map(({ name, content }) => ({
    file: path.join(folder, name),
    bytes: Buffer.from(`${formatFile(content).join("\n")}\n`),
    mode: 0o600, // a token may be in it
  }));
  await writeNew(all);
  return all.map(({ file }) => file);
}

function formatFile(content: JsonObject): readonly string[] {
  return JSON.stringify(content, null, 2).split("\n");
}

/** What a person has to know, on stderr. */
function tell(
  { files, notes }: Migration,
  { file, isWritten }: { file: string; isWritten: boolean },
  shell: Shell,
): void {
  const rows = notes.map(({ key, fate, words }) => [key, fate, words]);
  for (const line of formatTable([["KEY", "", "IN GENIE"], ...rows])) shell.quote(line);
  if (files.length > 0 && !isWritten) {
    const names = files.map(({ name }) => name).join(", ");
    shell.warn(
      `networks of ${file} become files of their own, ${names}: see them with --json, write them with --out`,
    );
  }
  const open = notes.filter(({ fate }) => fate === "by hand" || fate === "unknown").map(({ key }) => key);
  if (open.length > 0) shell.warn(`to be looked at by hand: ${open.join(", ")}`);
}
