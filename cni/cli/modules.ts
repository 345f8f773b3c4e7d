import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import type { HealthBook, ModuleHealth } from "../../core/select/health/book.ts";
import { listOpen } from "../../core/select/health/circuit.ts";
import { openHealth } from "../health-file.ts";
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
      if (options.json === true) shell.printJson(book.map((one) => toListed(one, Date.now())));
      else if (book.length === 0) shell.print(`nothing is known of modules in ${stateDir}`);
      else printTable([HEADING, ...book.map((one) => toRow(one, Date.now()))], shell);
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

const HEADING = ["MODULE", "KIND", "MODE", "CALLS", "FAILURES", "DIFFERENCES", "STATE", "LAST FAILURE"];

function toRow(health: ModuleHealth, nowMs: number): string[] {
  const { digest, kind, mode, lastFailure } = health;
  const counts = [health.runs, health.failures, health.differences].map(String);
  const last =
    lastFailure === undefined
      ? ""
      : `${toTime(lastFailure.atMs)} ${lastFailure.outcome}: ${lastFailure.detail}`;
  return [digest, kind, mode, ...counts, toState(toListed(health, nowMs)), last];
}

function toState({ haltedSince, openFor }: ReturnType<typeof toListed>): string {
  if (haltedSince !== null) return `halted since ${haltedSince}`;
  return openFor.length === 0 ? "asked" : `not asked for ${openFor.join(", ")}`;
}

function toListed({ circuits, haltedAtMs, lastFailure, ...health }: ModuleHealth, nowMs: number) {
  const { digest, kind, mode, runs, failures, differences } = health;
  return {
    digest,
    kind,
    mode,
    calls: runs,
    failures,
    differences,
    haltedSince: haltedAtMs === undefined ? null : toTime(haltedAtMs),
    openFor: listOpen(circuits, nowMs),
    lastFailure: lastFailure ?? null,
  };
}

function toTime(ms: number): string {
  return new Date(ms).toISOString();
}
