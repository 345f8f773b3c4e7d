import { Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import type { Digest } from "../../registry/digest.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { prepareModule } from "../../registry/prepare/source.ts";
import { openStore, type StoredModule } from "../../registry/store/store.ts";
import { pullInto } from "../../registry/transfer.ts";
import { spawnTranspiler } from "../guest-process.ts";
import { readConfigFile } from "./config-file.ts";
import { findMisfitAsAny } from "./misfit.ts";
import { listSlotFaults } from "./slot-faults.ts";
import type { Shell } from "./shell.ts";

/** A person waits here, and no pod. */
const TRANSPILING = { startTranspiler: () => spawnTranspiler(), prepareMs: 30_000 };

interface PullOptions {
  readonly config?: string;
  readonly store?: string;
  readonly json?: true;
}

/** `geniectl pull REF | --config FILE` */
export function pullCommand(shell: Shell): Command {
  return new Command("pull")
    .description("fetch modules into the store of this node, and prepare them")
    .argument("[reference]", "registry/repository:tag or registry/repository@sha256:…")
    .option("--config <file>", "pull every module that this .conf or .conflist names")
    .option("--store <dir>", `the module store (default: the configuration's, or ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .action(async (reference: string | undefined, options: PullOptions, command: Command) => {
      if ((reference === undefined) === (options.config === undefined)) {
        command.error("error: name one reference, or --config FILE");
      }
      const { store, targets } = await readTargets(reference, options);
      const modules: { reference: string; digest: Digest }[] = [];
      for (const { reference: each, slots } of targets) {
        const { digest, wasm } = await pullModule(store, each, shell);
        modules.push({ reference: formatReference(each), digest });
        for (const fault of slots.flatMap((slot) => listSlotFaults(slot, wasm))) shell.warn(fault);
      }
      const digest = modules.at(-1)?.digest ?? null;
      if (options.json === true) return shell.printJson({ digest, modules });
      for (const module of modules) shell.print(`${module.reference} is in ${store}`);
      if (digest !== null) shell.print(digest);
    });
}

async function readTargets(reference: string | undefined, { config: file, store }: PullOptions) {
  const config = file === undefined ? undefined : await readConfigFile(file);
  const slots = config?.slots ?? [];
  const names = reference === undefined ? slots.map((slot) => slot.reference) : [reference];
  return {
    store: store ?? config?.moduleStore ?? DEFAULT_MODULE_STORE,
    targets: [...new Set(names)].map((name) => ({
      reference: parseReference(name),
      slots: slots.filter((slot) => slot.reference === name),
    })),
  };
}

/** Has a module in the store, ready to be loaded. One that can't be used is stored all the same, with a warning. */
export async function pullModule(folder: string, reference: Reference, shell: Shell): Promise<StoredModule> {
  const name = formatReference(reference);
  shell.progress(`pulling ${name} …`);
  const module = await pullInto(openStore(folder), reference, { signal: shell.signal });
  shell.progress(`preparing ${name} …`);
  const misfit = findMisfitAsAny(module.wasm) ?? (await findPrepareFault(folder, module));
  if (misfit !== undefined) shell.warn(`${name} is in the store, but genie can't use it: ${misfit}`);
  const [fault] = readEmbeddedMetadata(module.wasm).faults;
  if (fault !== undefined) shell.warn(`what ${name} says of itself can't be used: ${fault}`);
  return module;
}

async function findPrepareFault(folder: string, module: StoredModule): Promise<string | undefined> {
  const prepared = await prepareModule(folder, module, TRANSPILING);
  return prepared.outcome === "ok" ? undefined : prepared.detail;
}
