import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import { formatReference, parseReference } from "../../registry/reference.ts";
import { warnOfConfig } from "./config-faults.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { listSlotModules, type Pulled, pullSlots } from "./pull-slots.ts";
import { pullModule, type PullTarget } from "./pull-module.ts";
import type { Shell } from "./shell.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface PullOptions extends PolicyOption {
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

const HELP = `
A module that genie can't use is stored with a warning, and so is one that refuses its settings or its place in the
configuration. Exit code 1 when one can't be had; the others are in the store then.`;

/** `geniectl pull REF | --config FILE` */
export function pullCommand(shell: Shell): Command {
  const command = new Command("pull").description(
    "fetch modules with their signatures into the store of this node, and prepare them",
  );
  return addPolicyOption(command)
    .argument("[reference]", "registry/repository:tag or registry/repository@sha256:…")
    .option("--config <file>", "pull every module that this .conf or .conflist names")
    .option("--store <dir>", `the module store (default: the configuration's, or ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (reference: string | undefined, options: PullOptions, command: Command) => {
      if ((reference === undefined) === (options.config === undefined)) {
        command.error("error: name one reference, or --config FILE");
      }
      const config = options.config === undefined ? undefined : await readConfigFile(options.config);
      const store = options.store ?? config?.moduleStore ?? DEFAULT_MODULE_STORE;
      const target = { store, policy: await openPolicy(options, config) };
      const modules =
        config === undefined
          ? [await pullOne(reference ?? "", target, shell)]
          : await pullAll(config, target, shell);
      print(modules, { ...options, store }, shell);
      checkAll(modules, options.config ?? "");
    });
}

async function pullOne(name: string, target: PullTarget, shell: Shell): Promise<Pulled> {
  const reference = parseReference(name);
  const { digest, misfit } = await pullModule(target, reference, shell);
  if (misfit !== undefined) shell.warn(`${name} is in the store, but genie can't use it: ${misfit}`);
  return { reference: formatReference(reference), digest, fault: null };
}

async function pullAll(config: ConfigFile, target: PullTarget, shell: Shell): Promise<Pulled[]> {
  const modules = listSlotModules(config);
  warnOfConfig(config, shell);
  return await pullSlots(modules, target, shell);
}

function print(
  modules: readonly Pulled[],
  { json, store }: { json?: true; store: string },
  shell: Shell,
): void {
  const digest = modules.findLast((one) => one.digest !== null)?.digest ?? null;
  for (const { fault } of modules) if (fault !== null) shell.warn(fault);
  if (json === true) return shell.printJson({ digest, modules });
  for (const one of modules) if (one.digest !== null) shell.print(`${one.reference} is in ${store}`);
  if (digest !== null) shell.print(digest);
}

/** @throws {Failure} notReady */
function checkAll(modules: readonly Pulled[], file: string): void {
  const missing = modules.filter(({ digest }) => digest === null);
  if (missing.length === 0) return;
  throw new Failure("notReady", `${missing.length} of ${modules.length} modules of ${file} can't be had`, {
    details: "do what is said with each",
  });
}
