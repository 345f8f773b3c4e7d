import { type Command as Verb, Command } from "commander";
import { DEFAULT_MODULE_STORE } from "../../core/config.ts";
import { type Collection, isModule, readCollected } from "../../registry/collect.ts";
import type { Digest } from "../../registry/digest.ts";
import { formatReference, parseReference, type Reference } from "../../registry/reference.ts";
import { checkTrusted } from "../../registry/trust/admit.ts";
import { listSignatures } from "../../registry/trust/collect.ts";
import type { TrustPolicy } from "../../registry/trust/policy.ts";
import { type ConfigFile, readConfigFile } from "./config-file.ts";
import { checkDistinct, type MirrorTarget, parseHome, parseTarget, planMirrored } from "./mirror-plan.ts";
import { openSink } from "./mirror-sink.ts";
import { fromArchive, fromRegistries, type MirrorSource } from "./mirror-source.ts";
import type { Shell } from "./shell.ts";
import { addPolicyOption, openPolicy, type PolicyOption } from "./policy-option.ts";
import { findPolicySlots, type FoundSlots } from "./policy-slots.ts";

interface MirrorOptions extends PolicyOption {
  readonly config?: string;
  readonly from?: string;
  readonly to?: string;
  readonly repository?: string;
  readonly store?: string;
  readonly json?: true;
}

interface Mirrored {
  readonly reference: string;
  readonly digest: Digest;
  readonly target: string;
  /** Signatures, READMEs and what else came with it. */
  readonly companions: number;
}

const HELP = `
To carry modules to a site without a network:

  geniectl mirror --config FILE --to modules.tar     where there is a network
  geniectl mirror --from modules.tar                 on a node there: into its module store
  geniectl mirror --from modules.tar --to registry.local/genie     or into a registry there

Signatures, READMEs, golden cases and all else that refers to a module go with it, and every digest stays as it is. The
archive is in OCI layout: skopeo and oras read it, and theirs are read here. The same artifacts make the same archive.`;

/** `geniectl mirror` */
export function mirrorCommand(shell: Shell): Command {
  const command = new Command("mirror").description(
    "copy modules with their signatures into an archive or a registry, and out of an archive",
  );
  return addPolicyOption(command)
    .argument("[references...]", "registry/repository:tag or registry/repository@sha256:…")
    .option(
      "--config <file>",
      "mirror every module that this .conf or .conflist names, and its cluster's policies",
    )
    .option("--from <file.tar>", "mirror all that is in this archive")
    .option("--to <target>", "FILE.tar, or a registry with a prefix, as registry.local/genie")
    .option(
      "--repository <name>",
      "where archived artifacts belong that have only a tag: registry/repository",
    )
    .option("--store <dir>", `the module store (default: the configuration's, or ${DEFAULT_MODULE_STORE})`)
    .option("--json", "print one JSON document")
    .addHelpText("after", HELP)
    .action(async (references: readonly string[], options: MirrorOptions, command: Verb) => {
      checkUse(references, options, command);
      const config = options.config === undefined ? undefined : await readConfigFile(options.config);
      const target: MirrorTarget =
        options.to === undefined
          ? { kind: "store", folder: options.store ?? config?.moduleStore ?? DEFAULT_MODULE_STORE }
          : parseTarget(options.to);
      const { slots, failure } = await findSlots(config, options, shell);
      const names = [...references, ...slots.map(({ reference }) => reference)];
      await using source = await openSource(names, options, shell);
      const policy = await openPolicy(options, config);
      const mirrored = await mirror(source, { target, policy }, shell);
      const digest = mirrored.at(-1)?.digest ?? null;
      if (options.json === true) shell.printJson({ digest, artifacts: mirrored });
      else print(mirrored, shell);
      if (failure !== undefined) throw failure;
    });
}

/** Of the configuration and its cluster's policies; of those as far as they are known. */
async function findSlots(
  config: ConfigFile | undefined,
  { from }: MirrorOptions,
  shell: Shell,
): Promise<FoundSlots> {
  if (config === undefined || from !== undefined) return { slots: [] };
  const { slots, failure } = await findPolicySlots(config, shell);
  return { slots: [...config.slots, ...slots], failure };
}

function print(mirrored: readonly Mirrored[], shell: Shell): void {
  for (const { reference, target, companions } of mirrored)
    shell.print(`${reference} → ${target}, with ${companions} that belong to it`);
  const last = mirrored.at(-1);
  if (last !== undefined) shell.print(last.digest);
}

function checkUse(
  references: readonly string[],
  { config, from, to, repository }: MirrorOptions,
  command: Verb,
): void {
  const named = references.length > 0 || (config !== undefined && from === undefined);
  if (from !== undefined && references.length > 0)
    command.error("error: name references, or --from FILE.tar");
  if (from === undefined && !named) command.error("error: name references, --config FILE or --from FILE.tar");
  if (from === undefined && to === undefined) command.error("error: name --to FILE.tar or a registry");
  if (from === undefined && repository !== undefined)
    command.error("error: --repository is for --from FILE.tar");
}

async function openSource(
  names: readonly string[],
  { from, repository }: MirrorOptions,
  shell: Shell,
): Promise<MirrorSource> {
  if (from === undefined) return fromRegistries([...new Set(names)].map(parseReference), shell);
  shell.progress(`unpacking ${from} …`);
  return await fromArchive(from, repository === undefined ? undefined : parseHome(repository));
}

interface MirrorOrder {
  readonly target: MirrorTarget;
  readonly policy: TrustPolicy | undefined;
}

async function mirror(
  source: MirrorSource,
  { target, policy }: MirrorOrder,
  shell: Shell,
): Promise<Mirrored[]> {
  const planned = source.references.map((reference) => [reference, planMirrored(reference, target)] as const);
  checkDistinct(planned.map(([, reference]) => formatReference(reference)));
  await using sink = await openSink(target, shell);
  const mirrored: Mirrored[] = [];
  for (const [reference, wanted] of planned) {
    shell.signal.throwIfAborted();
    shell.progress(`mirroring ${formatReference(reference)} …`);
    const collection = await source.collect(reference);
    if (policy !== undefined) await checkAdmitted(policy, reference, collection);
    await sink.put(collection, wanted);
    mirrored.push({
      reference: formatReference(reference),
      digest: collection.root.digest,
      target: toPlace(wanted, target),
      companions: collection.referrers.length + collection.tagged.length,
    });
  }
  await sink.finish();
  return mirrored;
}

/** Of what is no module, such as a catalogue, nothing is ever run. */
async function checkAdmitted(
  policy: TrustPolicy,
  reference: Reference,
  collection: Collection,
): Promise<void> {
  if (!isModule(collection)) return;
  const { digest } = collection.root;
  const signatures = await listSignatures(readCollected(collection), digest);
  checkTrusted(policy, { reference, digest }, signatures);
}

function toPlace(reference: Reference, target: MirrorTarget): string {
  if (target.kind === "registry") return formatReference(reference);
  return target.kind === "archive" ? target.file : target.folder;
}
