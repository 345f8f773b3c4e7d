import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import type { HealthBook, ModuleHealth } from "../../core/select/health/book.ts";
import { openHealth } from "../health-file.ts";
import { toStanding, toTime } from "../module-standing.ts";
import { readConfigFile } from "./config-file.ts";
import { listModuleNames } from "./policy-slots.ts";
import type { Shell } from "./shell.ts";
import { addStateOptions, findStateDir, type StateOptions } from "./state-dir.ts";
import { printTable } from "./table.ts";

interface ModulesOptions extends StateOptions {
  readonly reset?: string | true;
  readonly json?: true;
}

/** `geniectl modules` */
export function modulesCommand(shell: Shell): Command {
  const command = new Command("modules").description(
    "show how the modules do on this node: calls, failures, differences of shadows, open circuits, halted canaries",
  );
  return addStateOptions(command)
    .option("--reset [digest]", "forget it, of one module or of all: circuits close, canaries go on")
    .option("--json", "print one JSON document")
    .action(async (options: ModulesOptions) => {
      const stateDir = await findStateDir(options);
      const health = openHealth(stateDir, { warn: (_, message) => shell.warn(message) });
      const { reset } = options;
      if (reset !== undefined) await health.update((book) => forget(book, reset));
      const book = await health.read();
      const nameOf = await readNames(options, shell);
      if (options.json === true)
        shell.printJson(
          book.map((one) => ({ ...toStanding(one, Date.now()), reference: nameOf(one) ?? null })),
        );
      else if (book.length === 0) shell.print(`nothing is known of modules in ${stateDir}`);
      else
        printTable(
          [HEADING, ...book.map((one) => toRow(one, { name: nameOf(one), nowMs: Date.now() }))],
          shell,
        );
    });
}

/** @throws {Failure} invalidConfig when the book hasn't the digest. */
function forget(book: HealthBook, reset: string | true): HealthBook {
  if (reset === true) return [];
  const left = book.filter(({ digest }) => digest !== reset);
  if (left.length < book.length) return left;
  throw new Failure("invalidConfig", `nothing is known of a module ${reset}`, {
    details: "name a digest that geniectl modules shows",
  });
}

/** The reference by which the configuration that the admin names, or a policy of its cluster, has a module. */
async function readNames(
  { config }: StateOptions,
  shell: Shell,
): Promise<(one: ModuleHealth) => string | undefined> {
  const references = config === undefined ? [] : await listModuleNames(await readConfigFile(config), shell);
  return ({ digest }) => references.find((reference) => reference.endsWith(`@${digest}`));
}

/** The last part of a module's repository. */
function toShortName(reference = ""): string {
  return reference.split("@")[0]?.split("/").at(-1) ?? "";
}

const HEADING = [
  "MODULE",
  "NAME",
  "KIND",
  "MODE",
  "CALLS",
  "FAILURES",
  "DIFFERENCES",
  "STATE",
  "LAST FAILURE",
];

function toRow(health: ModuleHealth, { name, nowMs }: { name: string | undefined; nowMs: number }): string[] {
  const { digest, kind, mode, lastFailure } = health;
  const counts = [health.runs, health.failures, health.differences].map(String);
  const last =
    lastFailure === undefined
      ? ""
      : `${toTime(lastFailure.atMs)} ${lastFailure.outcome}: ${lastFailure.detail}`;
  return [digest, toShortName(name), kind, mode, ...counts, toState(toStanding(health, nowMs)), last];
}

function toState({ haltedSince, openFor }: ReturnType<typeof toStanding>): string {
  if (haltedSince !== null) return `halted since ${haltedSince}`;
  return openFor.length === 0 ? "asked" : `not asked for ${openFor.join(", ")}`;
}
