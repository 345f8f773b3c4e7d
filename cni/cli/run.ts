import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import type { Answer } from "../../core/golden/answer.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import { toGoldenOutcome } from "../../core/golden/outcome.ts";
import { listNetworks, toRequest, toVerdicts } from "../../core/golden/question.ts";
import { MAX_CASES_BYTES, parseQuestion } from "../author/golden/case.ts";
import { listModuleSettingsFaults } from "../module-settings.ts";
import { readStdin } from "../stdin.ts";
import { addTrialOptions, openTarget, type TrialOptions, withReport } from "./author-options.ts";
import { readInput } from "./input-file.ts";
import type { Shell } from "./shell.ts";
import { printTable } from "./table.ts";

/** `geniectl run TARGET QUESTION` */
export function runCommand(shell: Shell): Command {
  return addTrialOptions(
    new Command("run")
      .description("ask a module one question, and show its answer")
      .argument("<target>", "a component, a module's source, or its folder")
      .argument("<question>", "a JSON file in the form of one golden case; - for stdin"),
  ).action(async (target: string, file: string, options: TrialOptions) => {
    const text = await readQuestion(file);
    const golden = await withReport(async () => parseQuestion(file, text), shell);
    await using tried = await openTarget(target, options, shell);
    // A node asks all the same: geniectl tells an admin when he sets them.
    const faults = listModuleSettingsFaults(tried.subject.component, golden.settings);
    for (const fault of faults) shell.warn(fault);
    const result = await tried.trial.ask({ request: toRequest(golden), verdicts: toVerdicts(golden) });
    if (options.json === true) shell.printJson(toGoldenOutcome(result, golden));
    else if (result.outcome === "ok") printTable(toRows(result.value, golden), shell);
    if (result.outcome === "ok") return;
    throw new Failure("moduleFailed", `${target}: ${result.outcome}, ${result.detail}`, {
      details: "mend the module or the question; on a node the fallback would decide",
    });
  });
}

async function readQuestion(file: string): Promise<string> {
  if (file !== "-") return (await readInput(file, MAX_CASES_BYTES)).toString();
  return await readStdin();
}

function toRows(answer: Answer, golden: GoldenCase): string[][] {
  const networks = listNetworks(golden);
  if (answer.kind === "selector") {
    const rows = answer.items.map(({ candidate, reason }, at) => [
      String(at + 1),
      networks[candidate] ?? "",
      reason,
    ]);
    return [["RANK", "NETWORK", "REASON"], ...rows];
  }
  const rows = answer.items.map((one, at) => [
    networks[at] ?? "",
    one.tag === "score" ? String(one.val) : "rejected",
    one.tag === "score" ? "" : one.val,
  ]);
  return [["NETWORK", "SCORE", "REASON"], ...rows];
}
