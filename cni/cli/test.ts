import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { MAX_CASES_BYTES, parseGoldenCases } from "../author/golden/case.ts";
import { type GoldenRun, runGoldenCase } from "../author/golden/run.ts";
import { updateAnswers } from "../author/golden/update.ts";
import { addTrialOptions, openTarget, type TrialOptions, withReport } from "./author-options.ts";
import { readInput } from "./input-file.ts";
import { formatTable } from "./output.ts";
import { writeOutput } from "./output-file.ts";
import type { Shell } from "./shell.ts";

interface TestOptions extends TrialOptions {
  readonly cases?: string;
  readonly update?: true;
}

/** `geniectl test [TARGET]` */
export function testCommand(shell: Shell): Command {
  return addTrialOptions(
    new Command("test")
      .description("ask a module the golden cases beside it, under the limits of a node")
      .argument("[target]", "a component, a module's source, or its folder", "."),
  )
    .option("--cases <file>", "the golden cases (default: golden.json beside the module)")
    .option("--update", "write the answers that the module gives into the file")
    .action(async (target: string, options: TestOptions) => {
      await using tried = await openTarget(target, options, shell);
      const file = options.cases ?? tried.subject.cases;
      const text = (await readInput(file, MAX_CASES_BYTES)).toString();
      const cases = await withReport(async () => parseGoldenCases(file, text), shell);
      const runs: GoldenRun[] = [];
      for (const golden of cases) {
        shell.progress(`asking: ${golden.name} …`);
        runs.push(await runGoldenCase(golden, tried.trial));
        shell.signal.throwIfAborted();
      }
      if (options.update === true) await writeOutput(file, Buffer.from(updateAnswers(text, runs)));
      report(runs, { file, options }, shell);
    });
}

/** @throws {Failure} moduleFailed when a case failed that was not updated. */
function report(
  runs: readonly GoldenRun[],
  { file, options }: { file: string; options: TestOptions },
  shell: Shell,
): void {
  const changed = runs.filter(({ passed }) => !passed);
  const failed = options.update === true ? changed.filter(({ got }) => "failure" in got) : changed;
  const state = (run: GoldenRun) => {
    if (run.passed) return "passed";
    return failed.includes(run) ? "failed" : "updated";
  };
  if (options.json === true) {
    shell.printJson(runs.map((run) => ({ name: run.name, state: state(run), differences: run.differences })));
  } else {
    for (const run of runs) printRun(run, state(run), shell);
    const updated = changed.length - failed.length;
    const note = updated > 0 ? `, ${updated} updated` : "";
    shell.print(`${runs.length - changed.length} of ${runs.length} cases passed${note}`);
  }
  if (failed.length === 0) return;
  throw new Failure("moduleFailed", `${failed.length} of ${runs.length} cases in ${file} failed`, {
    details: "mend the module, or write its answers into the file with --update",
  });
}

function printRun({ name, differences }: GoldenRun, state: string, shell: Shell): void {
  const mark = { passed: "✓", failed: "✗", updated: "→" }[state] ?? "";
  shell.print(`${mark} ${name}${state === "updated" ? ": updated" : ""}`);
  if (differences.length === 0) return;
  const rows = differences.map(({ where, expected, got }) => [where, expected, got]);
  for (const line of formatTable([["", "expected", "got"], ...rows])) shell.print(`    ${line}`);
}
