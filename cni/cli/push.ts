import { Command } from "commander";
import { MAX_MODULE_BYTES } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { pushArtifact } from "../../registry/transfer.ts";
import { readInput } from "./input-file.ts";
import { findMisfitAsAny } from "./misfit.ts";
import { planFromFile } from "./plan-module.ts";
import {
  addPublishingOptions,
  type PublishingOptions,
  readDocuments,
  toNotes,
} from "./publishing-options.ts";
import type { Shell } from "./shell.ts";

interface PushOptions extends PublishingOptions {
  readonly store?: string;
  readonly json?: true;
}

/** `geniectl push FILE REF` */
export function pushCommand(shell: Shell): Command {
  const command = new Command("push")
    .description("publish a wasm component in a registry")
    .argument("<file>", "the component, as geniectl build makes it")
    .argument("<reference>", "registry/repository:tag");
  return addPublishingOptions(command)
    .option("--store <dir>", "keep it in this module store, too")
    .option("--json", "print one JSON document")
    .action(async (file: string, reference: string, options: PushOptions) => {
      const { digest, warning, ...rest } = await push({ file, reference, options }, shell);
      if (warning !== undefined) shell.warn(warning);
      if (options.json === true) shell.printJson({ ...rest, digest, warning });
      else shell.print(digest);
    });
}

interface Push {
  readonly file: string;
  readonly reference: string;
  readonly options: PushOptions;
}

async function push({ file, reference, options }: Push, shell: Shell) {
  const target = parseReference(reference);
  const wasm = await readInput(file, MAX_MODULE_BYTES);
  const artifact = planFromFile({ file, wasm }, { ...toNotes(options), version: options.version });
  const documents = await readDocuments(options);
  shell.progress(`pushing ${file} to ${reference} …`);
  await pushArtifact(artifact, target, { ...(await shell.clientOptions()), documents });
  if (options.store !== undefined) await openStore(options.store).put(artifact, target);
  const misfit = findMisfitAsAny(wasm);
  const warning = misfit && `${file} is published, but genie can't use it: ${misfit}`;
  return {
    reference,
    digest: artifact.digest,
    sizeBytes: wasm.byteLength,
    documents: documents.map(({ kind }) => kind),
    warning,
  };
}
