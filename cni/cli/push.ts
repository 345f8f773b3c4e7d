import { Command } from "commander";
import { Failure } from "../../core/errors.ts";
import { type Artifact, MAX_MODULE_BYTES } from "../../registry/artifact.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { planModuleArtifact } from "../../registry/module-artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { pushArtifact } from "../../registry/transfer.ts";
import { readInput } from "./input-file.ts";
import { findMisfitAsAny } from "./misfit.ts";
import type { Shell } from "./shell.ts";

interface PushOptions {
  readonly store?: string;
  readonly json?: true;
}

/** `geniectl push FILE REF` */
export function pushCommand(shell: Shell): Command {
  return new Command("push")
    .description("publish a wasm component in a registry")
    .argument("<file>", "the component, as geniectl build makes it")
    .argument("<reference>", "registry/repository:tag")
    .option("--store <dir>", "keep it in this module store, too")
    .option("--json", "print one JSON document")
    .action(async (file: string, reference: string, options: PushOptions) => {
      const { digest, warning, ...rest } = await push({ file, reference, store: options.store }, shell);
      if (warning !== undefined) shell.warn(warning);
      if (options.json === true) shell.printJson({ ...rest, digest, warning });
      else shell.print(digest);
    });
}

interface Push {
  readonly file: string;
  readonly reference: string;
  readonly store: string | undefined;
}

async function push({ file, reference, store }: Push, shell: Shell) {
  const target = parseReference(reference);
  const artifact = planFromFile(file, await readInput(file, MAX_MODULE_BYTES));
  shell.progress(`pushing ${file} to ${reference} …`);
  await pushArtifact(artifact, target, { signal: shell.signal });
  if (store !== undefined) await openStore(store).put(artifact, target);
  const misfit = findMisfitAsAny(artifact.wasm);
  const warning = misfit && `${file} is published, but genie can't use it: ${misfit}`;
  return { reference, digest: artifact.digest, sizeBytes: artifact.wasm.byteLength, warning };
}

function planFromFile(file: string, wasm: Buffer): Artifact {
  try {
    return planModuleArtifact(wasm, { created: readSourceDate(process.env["SOURCE_DATE_EPOCH"]) });
  } catch (cause) {
    if (!(cause instanceof RegistryFailure)) throw cause;
    throw new RegistryFailure(cause.kind, `${file}: ${cause.message}`, { cause, todo: cause.todo });
  }
}

/** The same file gets the same digest wherever it's pushed from. Source: reproducible-builds.org, SOURCE_DATE_EPOCH. */
function readSourceDate(seconds: string | undefined): Date {
  if (seconds === undefined || seconds === "") return new Date(0);
  const date = new Date(/^\d{1,11}$/.test(seconds) ? Number(seconds) * 1000 : NaN);
  if (!Number.isNaN(date.getTime())) return date;
  throw new Failure("invalidEnvironment", "SOURCE_DATE_EPOCH is no number of seconds", {
    details: "mend or unset it",
  });
}
