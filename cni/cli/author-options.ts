import { type Command, InvalidArgumentError, Option } from "commander";
import { Failure } from "../../core/errors.ts";
import { MODULE_KINDS, type ModuleKind } from "../../core/select/request.ts";
import type { ModuleResult } from "../../core/select/outcome.ts";
import { findJsonObject } from "../../core/spec/json.ts";
import { BuildFailure } from "../author/failure.ts";
import { readSubject, requireKind, type Subject } from "../author/subject.ts";
import { makeNodeLimits, openTrial, prepareTrial, type Trial, type TrialLimits } from "../author/trial.ts";
import type { Shell } from "./shell.ts";

/** What every verb takes that runs an author's module. */
export interface TrialOptions {
  readonly kind?: ModuleKind;
  readonly deadlineMs: number;
  readonly memoryMib: number;
  readonly json?: true;
}

const MAX_DEADLINE_MS = 600_000;
const MAX_MEMORY_MIB = 4096;

/** `--kind`, where a component or a source leaves it open. */
export function makeKindOption(): Option {
  return new Option("--kind <kind>", "told by what it exports").choices(MODULE_KINDS);
}

/** The limits are a node's unless the author says otherwise. */
export function addTrialOptions(command: Command): Command {
  const { deadlineMs, memoryMiB } = makeNodeLimits();
  return command
    .addOption(makeKindOption())
    .option("--deadline-ms <ms>", "for one answer", parseWhole(MAX_DEADLINE_MS), deadlineMs)
    .option("--memory-mib <MiB>", "for its linear memory", parseWhole(MAX_MEMORY_MIB), memoryMiB)
    .option("--json", "print one JSON document");
}

/** Reads an option's value. @throws {InvalidArgumentError} when it's no whole number from 1 to `most`. */
export function parseWhole(most: number): (text: string) => number {
  return (text) => {
    const value = /^\d{1,9}$/.test(text) ? Number(text) : 0;
    if (value >= 1 && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from 1 to ${most}.`);
  };
}

/** Of a made-up question. */
export function addSettingsOption(command: Command): Command {
  const told = "what an admin would set for it (default: what its schema requires)";
  return command.option("--settings <json>", told, parseSettings);
}

function parseSettings(text: string): string {
  if (findJsonObject(text) !== undefined) return text;
  throw new InvalidArgumentError("It must be a JSON object.");
}

/** The limits of a trial, as the command line has them. */
export function toLimits({ deadlineMs, memoryMib }: TrialOptions): TrialLimits {
  return { deadlineMs, memoryMiB: memoryMib };
}

/** Reads or builds what the author names; what the compiler says comes before the line that tells what to do. */
export async function readTarget(
  target: string,
  { kind }: { readonly kind?: ModuleKind | undefined },
  shell: Shell,
): Promise<Subject> {
  shell.progress(`reading ${target} …`);
  return await withReport(() => readSubject(target, { kind, signal: shell.signal }), shell);
}

/** @throws {BuildFailure} as `act` does, with its report told before. */
export async function withReport<T>(act: () => Promise<T>, shell: Shell): Promise<T> {
  try {
    return await act();
  } catch (error) {
    if (error instanceof BuildFailure) {
      for (const line of error.report) shell.quote(line);
    }
    throw error;
  }
}

export interface TriedSubject extends AsyncDisposable {
  readonly subject: Subject;
  readonly kind: ModuleKind;
  readonly trial: Trial;
}

/** From what the author names to a module in a guest process. @throws {BuildFailure} {Failure} moduleFailed */
export async function openTarget(target: string, options: TrialOptions, shell: Shell): Promise<TriedSubject> {
  const subject = await readTarget(target, options, shell);
  const kind = requireKind(subject, options.kind);
  shell.progress(`preparing ${subject.file} …`);
  const prepared = requireOk(await prepareTrial({ component: subject.component, kind }), subject);
  const trial = requireOk(await openTrial(prepared, toLimits(options)), subject);
  return { subject, kind, trial, [Symbol.asyncDispose]: () => trial[Symbol.asyncDispose]() };
}

/** What was prepared or opened. @throws {Failure} moduleFailed when it couldn't be. */
export function requireOk<T>(result: ModuleResult<T>, { file }: Pick<Subject, "file">): T {
  if (result.outcome === "ok") return result.value;
  throw new Failure("moduleFailed", `${file} can't be loaded: ${result.outcome}, ${result.detail}`, {
    details: `see geniectl check ${file}`,
  });
}
