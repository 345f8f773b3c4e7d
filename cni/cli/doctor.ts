import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { type Check, runCheck } from "../doctor/check.ts";
import { checkClock } from "../doctor/clock.ts";
import { checkCluster } from "../doctor/cluster.ts";
import { checkDefaultNetworks } from "../doctor/default-networks.ts";
import { checkFirstFile } from "../doctor/first-file.ts";
import { checkFolders } from "../doctor/folders.ts";
import { checkGuest } from "../doctor/guest.ts";
import { checkBoot, checkKernel, checkNamespaces } from "../doctor/kernel.ts";
import { checkLedger } from "../doctor/ledger.ts";
import { checkModuleHealth } from "../doctor/module-health.ts";
import { checkModuleNeeds } from "../doctor/module-needs.ts";
import { checkModules } from "../doctor/modules.ts";
import { checkNetworks } from "../doctor/networks.ts";
import { checkNodeBinary } from "../doctor/node-binary.ts";
import { checkPlugins } from "../doctor/plugins.ts";
import { checkPrograms } from "../doctor/programs.ts";
import type { Subject } from "../doctor/subject.ts";
import { makeCniPathOption, toCniPath } from "./cni-path.ts";
import { readSubject } from "./doctor-subject.ts";
import { printFindings } from "./findings.ts";
import type { Shell } from "./shell.ts";
import { addStateOptions, type StateOptions } from "./state-dir.ts";

interface DoctorOptions extends StateOptions {
  readonly cniPath?: string;
  readonly json?: true;
}

const HELP = `
Changes nothing and asks no registry. It runs each plugin's VERSION, each plugin
once more without a verb, a guest process, and --version of node and util-linux,
and asks the API server where the configuration says how.
problem: some pods can't be attached or not undone. warning: pods are attached, but something isn't as it should be.`;

/** `geniectl doctor` */
export function doctorCommand(shell: Shell): Command {
  return addStateOptions(
    new Command("doctor").description("look for what keeps genie from working on this node"),
  )
    .addOption(makeCniPathOption())
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (options: DoctorOptions) => {
      const path = toCniPath(options.cniPath);
      const { subject, findings: ofConfig } = await readSubject(options, path, shell);
      const findings = [...ofConfig];
      for (const check of listChecks(subject, shell.signal)) {
        shell.progress(`looking at ${check.name} …`);
        findings.push(...(await runCheck(check)));
        shell.signal.throwIfAborted();
      }
      printFindings(findings, options, shell);
      const problems = findings.filter(({ state }) => state === "problem");
      if (problems.length === 0) return;
      throw new Failure("notReady", `${problems.length} of ${findings.length} checks found a problem`, {
        details: `do what is said with ${problems[0]?.check ?? ""} first`,
      });
    });
}

function listChecks(subject: Subject, signal: AbortSignal): readonly Check[] {
  return [
    { name: "configuration", look: () => checkFirstFile(subject) },
    { name: "node", look: checkNodeBinary },
    { name: "programs", look: () => checkPrograms(subject) },
    { name: "plugins", look: () => checkPlugins(subject) },
    { name: "networks", look: () => checkNetworks(subject) },
    { name: "default network", look: () => checkDefaultNetworks(subject) },
    { name: "kernel namespaces", look: checkNamespaces },
    { name: "kernel", look: () => checkKernel(subject) },
    { name: "guest process", look: checkGuest },
    { name: "boot ID", look: () => checkBoot(subject) },
    { name: "folders", look: () => checkFolders(subject) },
    { name: "modules", look: () => checkModules(subject) },
    { name: "needs of modules", look: () => checkModuleNeeds(subject) },
    { name: "health of modules", look: () => checkModuleHealth(subject) },
    { name: "API server", look: () => checkCluster(subject, signal) },
    { name: "ledger", look: () => checkLedger(subject) },
    { name: "clock", look: () => checkClock(subject) },
  ];
}
