import { Command } from "commander";
import type { GoldenCase } from "../../core/golden/case.ts";
import type { Digest } from "../../registry/digest.ts";
import { planModuleDiff, type TraitChange } from "../../registry/module-diff.ts";
import { MAX_CASES_BYTES, parseGoldenCases } from "../author/golden/case.ts";
import { type AnswerChange, compareAnswers } from "../author/golden/compare.ts";
import { openTrial, prepareTrial, type Trial } from "../author/trial.ts";
import { addTrialOptions, requireOk, toLimits, type TrialOptions, withReport } from "./author-options.ts";
import { type DiffSide, openSide } from "./diff-side.ts";
import { readInput } from "./input-file.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface DiffOptions extends TrialOptions, PolicyOption {
  readonly cases?: string;
}

const HELP = `
Both answer the same golden cases: those of --cases, else those beside NEW, else those beside OLD. Each runs in a guest
process as on a node. That they differ is no failure.`;

/** `geniectl diff OLD NEW` */
export function diffCommand(shell: Shell): Command {
  const command = new Command("diff")
    .description("show what differs between two modules: world, KPIs, settings, and what they answer")
    .argument("<old>", "a reference, a component, a module's source, or its folder")
    .argument("<new>", "the same");
  return addPolicyOption(addTrialOptions(command), { readsConfig: false })
    .option("--cases <file>", "golden cases to ask both")
    .addHelpText("after", HELP)
    .action(async (old: string, now: string, options: DiffOptions) => {
      const found = await diff({ old, now, options }, shell);
      if (options.json === true) shell.printJson(found);
      else printDiff(found, shell);
    });
}

interface ModuleDiff {
  readonly old: { readonly name: string; readonly digest: Digest | null };
  readonly new: { readonly name: string; readonly digest: Digest | null };
  readonly changes: readonly TraitChange[];
  /** Of every case; null where there are none, or the two can't be asked the same. */
  readonly answers: readonly AnswerChange[] | null;
}

async function diff(
  { old, now, options }: { old: string; now: string; options: DiffOptions },
  shell: Shell,
): Promise<ModuleDiff> {
  const how = { kind: options.kind, policy: await openPolicy(options, undefined) };
  const [before, after] = [await openSide(old, how, shell), await openSide(now, how, shell)];
  return {
    old: { name: old, digest: before.digest ?? null },
    new: { name: now, digest: after.digest ?? null },
    changes: planModuleDiff(before.traits, after.traits),
    answers: await askBoth({ before, after, options }, shell),
  };
}

interface Both {
  readonly before: DiffSide;
  readonly after: DiffSide;
  readonly options: DiffOptions;
}

async function askBoth({ before, after, options }: Both, shell: Shell): Promise<AnswerChange[] | null> {
  if (before.kind !== after.kind) {
    shell.warn("a scorer and a selector can't be asked the same: their answers aren't compared");
    return null;
  }
  const cases = await findCases({ before, after, options }, shell);
  if (cases === undefined) {
    shell.warn(
      "there are no golden cases beside them: their answers aren't compared; name some with --cases",
    );
    return null;
  }
  await using old = await start(before, options);
  await using now = await start(after, options);
  const answers: AnswerChange[] = [];
  for (const golden of cases) {
    shell.progress(`asking both: ${golden.name} …`);
    answers.push(await compareAnswers(golden, old, now));
    shell.signal.throwIfAborted();
  }
  return answers;
}

async function findCases(
  { before, after, options: { cases: file } }: Both,
  shell: Shell,
): Promise<readonly GoldenCase[] | undefined> {
  const named = file === undefined ? undefined : (await readInput(file, MAX_CASES_BYTES)).toString();
  const text = named ?? after.casesText ?? before.casesText;
  if (text === undefined) return undefined;
  const owner = after.casesText === undefined ? before : after;
  const where = file ?? `the golden cases beside ${owner.subject.file}`;
  return await withReport(async () => parseGoldenCases(where, text), shell);
}

async function start({ subject, kind }: DiffSide, options: DiffOptions): Promise<Trial> {
  const { component } = subject;
  const prepared = requireOk(await prepareTrial({ component, kind }), subject);
  return requireOk(await openTrial(prepared, toLimits(options)), subject);
}

function printDiff({ old, new: now, changes, answers }: ModuleDiff, shell: Shell): void {
  const changed = (answers ?? []).filter(({ differences }) => differences.length > 0);
  const rows = [
    ...([old, now].some(({ digest }) => digest !== null)
      ? [["digest", old.digest ?? "-", now.digest ?? "-"]]
      : []),
    ...changes.map((change) => [change.where, change.old ?? "-", change.now ?? "-"]),
    ...changed.flatMap(({ name, differences }) =>
      differences.map((each) => [`${name}: ${each.where}`, each.old, each.now]),
    ),
  ];
  if (rows.length > 0) printTable([["WHAT", "OLD", "NEW"], ...rows], shell);
  if (changes.length === 0) shell.print("what they say of themselves is the same");
  if (answers !== null)
    shell.print(`${changed.length} of ${answers.length} golden cases are answered differently`);
}
