import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { checkComponent } from "../author/check.ts";
import type { Finding } from "../doctor/check.ts";
import {
  addSettingsOption,
  addTrialOptions,
  readTarget,
  toLimits,
  type TrialOptions,
} from "./author-options.ts";
import { printFindings } from "./findings.ts";
import type { Shell } from "./shell.ts";

interface CheckOptions extends TrialOptions {
  readonly settings?: string;
}

/** `geniectl check TARGET` */
export function checkCommand(shell: Shell): Command {
  const command = addTrialOptions(
    new Command("check")
      .description("see whether a node would take a component, and if not, how that is mended")
      .argument("<target>", "a component of whatever origin, a module's source, or its folder"),
  );
  return addSettingsOption(command).action(async (target: string, options: CheckOptions) => {
    const { component, file } = await readTarget(target, options, shell);
    const { kind, settings } = options;
    const findings: Finding[] = [];
    for await (const finding of checkComponent(component, { kind, settings, limits: toLimits(options) })) {
      findings.push(finding);
      shell.progress(`${file}: ${finding.check} …`);
      shell.signal.throwIfAborted();
    }
    printFindings(findings, options, shell);
    const [first] = findings.filter(({ state }) => state === "problem");
    if (first === undefined) return;
    throw new Failure("moduleFailed", `no node takes ${file}: ${first.detail}`, { details: first.todo });
  });
}
