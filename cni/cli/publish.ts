import { Command } from "commander";
import { toModuleVersion } from "../../registry/catalogue/name.ts";
import {
  checkApart,
  type Publication,
  publishModule,
  type PublishStep,
  requireFree,
} from "../../registry/publish.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import { addSettingsOption, addTrialOptions, parseWhole } from "./author-options.ts";
import { addCatalogueOption } from "./catalogue-options.ts";
import { readPrivateKey } from "./key-file.ts";
import { formatSize } from "../../registry/size.ts";
import { addPassphraseOption, type PassphraseOptions } from "./passphrase.ts";
import { describe, prepare, type RehearsalOptions, toDocuments, toEntry, tryOut } from "./publish-plan.ts";
import { addNoteOptions } from "./publishing-options.ts";
import type { Shell } from "./shell.ts";

interface PublishOptions extends RehearsalOptions, PassphraseOptions {
  readonly catalogue: Reference;
  readonly key?: string;
  readonly dryRun?: true;
}

const DEFAULT_ROUNDS = 100;
const MAX_ROUNDS = 10_000;

const HELP = `
What fails before the catalogue's turn leaves nothing that anybody sees; running it again with the same bytes goes on
where it was. A version never leads to other bytes: who publishes them is refused before anything is sent.`;

/** `geniectl publish TARGET REF` */
export function publishCommand(shell: Shell): Command {
  const command = new Command("publish")
    .description("check, test, measure, push and sign a module, and add it to a catalogue")
    .argument("<target>", "a component, a module's source, or its folder")
    .argument("<reference>", "registry/repository:version");
  addCatalogueOption(command, { isRequired: true });
  addNoteOptions(addSettingsOption(addTrialOptions(command)));
  return addPassphraseOption(command)
    .option("--key <file>", "sign it with this private key, as geniectl keygen makes it")
    .option("--cases <file>", "the golden cases (default: golden.json beside the module)")
    .option("--no-cases", "publish it without golden cases")
    .option("--readme <file>", "what to read about it (default: README.md beside the module)")
    .option("--no-readme", "publish it without")
    .option("--rounds <count>", "answers measured", parseWhole(MAX_ROUNDS), DEFAULT_ROUNDS)
    .option("--dry-run", "do all but what others could see")
    .addHelpText("after", HELP)
    .action(async (target: string, reference: string, options: PublishOptions) => {
      const done = await publish({ target, reference, options }, shell);
      if (options.json === true) shell.printJson(done);
      else shell.print(done.digest);
    });
}

interface Publish {
  readonly target: string;
  readonly reference: string;
  readonly options: PublishOptions;
}

async function publish({ target, reference, options }: Publish, shell: Shell) {
  const at = parseReference(reference);
  const version = toModuleVersion(at);
  const { catalogue, json, dryRun: isDry = false } = options;
  checkApart({ reference: at, catalogue });
  const tell = (text: string) => (json === true ? shell.progress(text) : shell.print(text));
  const key = options.key === undefined ? undefined : await readPrivateKey(options.key, options, shell);
  const prepared = await prepare({ target, version, options }, shell);
  const { subject, artifact, files } = prepared;
  const { digest } = artifact;
  tell(`${subject.file}: ${formatSize(subject.component.byteLength)}, ${digest}`);
  await requireFree({ reference: at, catalogue, version, digest }, await shell.clientOptions());
  const { bench, warnings } = await tryOut(prepared, options, shell);
  if (key === undefined) shell.warn("it stays unsigned: a node with a trust policy refuses it; see --key");
  for (const warning of warnings) shell.warn(warning);
  tell(describe(bench, files));
  const entry = toEntry(prepared, { bench, keyIds: key === undefined ? [] : [key.public.id] });
  const documents = toDocuments(files, bench);
  await send({ reference: at, artifact, documents, catalogue, entry, key }, { tell, isDry }, shell);
  return { reference, digest, catalogue: formatRepository(catalogue), isPublished: !isDry, entry, warnings };
}

const WORDS_BY_STEP: Readonly<Record<PublishStep, string>> = {
  push: "pushing it, where nobody sees it yet",
  sign: "signing it",
  catalogue: "adding it to the catalogue",
  wait: "another publisher is at this version: waiting",
  tag: "setting its tag",
  "roll-up": "renewing the catalogue's roll-up",
};

async function send(
  publication: Publication,
  { tell, isDry }: { tell: (text: string) => void; isDry: boolean },
  shell: Shell,
): Promise<void> {
  const { documents, catalogue, key } = publication;
  if (!isDry) {
    const onStep = (step: PublishStep) => tell(`${WORDS_BY_STEP[step]} …`);
    return await publishModule(publication, { ...(await shell.clientOptions()), onStep });
  }
  const beside = documents.map(({ kind }) => kind).join(", ");
  const signed = key === undefined ? "" : `sign it with key ${key.public.id}, `;
  tell(`would push it with ${beside}, ${signed}add it to ${formatRepository(catalogue)}; nothing was sent`);
}
