import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import { formatReference, parseReference } from "../../registry/reference.ts";
import { warnOfConfig } from "./config-faults.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { findPolicySlots } from "./policy-slots.ts";
import { listSlotModules, type Pulled, pullSlots } from "./pull-slots.ts";
import { pullModule, type PullTarget } from "./pull-module.ts";
import type { Shell } from "./shell.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";

interface PullOptions extends PolicyOption {
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

interface PulledAll {
  readonly modules: readonly Pulled[];
  /** Why the modules of policies aren't among them. */
  readonly failure?: Error | undefined;
}

const HELP = `
Where the configuration has SelectionPolicies count, their modules are pulled, too.
A module that genie can't use is stored with a warning, and so is one that refuses its settings or its place in the
configuration. Exit code 1 when one can't be had; the others are in the store then.`;

/** `geniectl pull REF | --config FILE` */
export function pullCommand(shell: Shell): Command {
  const command = new Command("pull").description(
    "fetch modules with their signatures into the store of this node, and prepare them",
  );
  return addPolicyOption(command)
    .argument("[reference]", "registry/repository:tag or registry/repository@sha256:…")
    .option(
      "--config <file>",
      "pull every module that this .conf or .conflist names, and its cluster's policies",
    )
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
      const { modules, failure }: PulledAll =
        config === undefined
          ? { modules: [await pullOne(reference ?? "", target, shell)] }
          : await pullAll(config, target, shell);
      print(modules, { ...options, store }, shell);
      if (failure !== undefined) throw failure;
      checkAll(modules, options.config ?? "");
    });
}

async function pullOne(name: string, target: PullTarget, shell: Shell): Promise<Pulled> {
  const reference = parseReference(name);
  const { digest, misfit } = await pullModule(target, reference, shell);
  if (misfit !== undefined) shell.warn(`${name} is in the store, but genie can't use it: ${misfit}`);
  return { reference: formatReference(reference), digest, fault: null, wantedBy: [] };
}

async function pullAll(config: ConfigFile, target: PullTarget, shell: Shell): Promise<PulledAll> {
  const { slots, failure } = await findPolicySlots(config, shell);
  const modules = listSlotModules([...config.slots, ...slots]);
  warnOfConfig(config, shell);
  return { modules: await pullSlots(modules, target, shell), failure };
}

function print(
  modules: readonly Pulled[],
  { json, store, config }: PullOptions & { store: string },
  shell: Shell,
): void {
  const digest = modules.findLast((one) => one.digest !== null)?.digest ?? null;
  for (const { fault } of modules) if (fault !== null) shell.warn(fault);
  if (json === true) return shell.printJson({ digest, modules });
  for (const { reference, digest: found, wantedBy } of modules) {
    const policies = wantedBy.filter((owner) => owner !== config);
    const why = policies.length === 0 ? "" : `, for ${policies.join(", ")}`;
    if (found !== null) shell.print(`${reference} is in ${store}${why}`);
  }
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
