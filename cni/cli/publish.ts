import { Command } from "commander";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { inspectComponent } from "../../core/wasm/component.ts";
import type { Artifact } from "../../registry/artifact.ts";
import type { Entry } from "../../registry/catalogue/document.ts";
import { planEntry } from "../../registry/catalogue/entry.ts";
import { toModuleVersion } from "../../registry/catalogue/name.ts";
import type { ModuleVersion } from "../../registry/catalogue/tags.ts";
import type { ModuleDocument } from "../../registry/document.ts";
import { findWorld } from "../../registry/module-kind.ts";
import type { PublisherNotes } from "../../registry/publisher-notes.ts";
import { type Publication, publishModule, type PublishStep, requireFree } from "../../registry/publish.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";
import { formatRepository } from "../../registry/repository-name.ts";
import type { Benched } from "../author/measure.ts";
import { rehearse, type Rehearsed } from "../author/rehearse.ts";
import type { Subject } from "../author/subject.ts";
import {
  addSettingsOption,
  addTrialOptions,
  parseWhole,
  readTarget,
  toLimits,
  type TrialOptions,
} from "./author-options.ts";
import { addCatalogueOption } from "./catalogue-options.ts";
import { formatSize } from "./size.ts";
import { planFromFile } from "./plan-module.ts";
import { type PublishedFiles, readPublishedFiles } from "./published-files.ts";
import { addNoteOptions, type NoteOptions, toNotes } from "./publishing-options.ts";
import type { Shell } from "./shell.ts";

interface PublishOptions extends TrialOptions, NoteOptions {
  readonly catalogue: Reference;
  /** False: without. */
  readonly cases?: string | false;
  readonly readme?: string | false;
  readonly settings?: string;
  readonly rounds: number;
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
    .description("check, test, measure and push a module, and add it to a catalogue")
    .argument("<target>", "a component, a module's source, or its folder")
    .argument("<reference>", "registry/repository:version");
  addCatalogueOption(command, { isRequired: true });
  addNoteOptions(addSettingsOption(addTrialOptions(command)));
  return command
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
  const tell = (text: string) => (options.json === true ? shell.progress(text) : shell.print(text));
  const prepared = await prepare({ target, version, options }, shell);
  const { subject, artifact, files } = prepared;
  const { digest } = artifact;
  tell(`${subject.file}: ${formatSize(subject.component.byteLength)}, ${digest}`);
  const { catalogue } = options;
  await requireFree({ reference: at, catalogue, version, digest }, await shell.clientOptions());
  const { bench, warnings } = await tryOut(prepared, options, shell);
  for (const warning of warnings) shell.warn(warning);
  tell(describe(bench, files));
  const entry = toEntry({ ...prepared, bench });
  const documents = toDocuments(files, bench);
  const publication = { reference: at, artifact, documents, catalogue, entry, sign: undefined };
  await send(publication, { tell, isDry: options.dryRun === true }, shell);
  const isPublished = options.dryRun !== true;
  return { reference, digest, catalogue: formatRepository(catalogue), isPublished, entry, warnings };
}

interface Prepared {
  readonly version: ModuleVersion;
  readonly subject: Subject;
  readonly files: PublishedFiles;
  readonly notes: PublisherNotes;
  readonly artifact: Artifact;
}

/** All that is read or built before anything is run or sent. */
async function prepare(
  { target, version, options }: Pick<Publish, "target" | "options"> & { version: ModuleVersion },
  shell: Shell,
): Promise<Prepared> {
  const subject = await readTarget(target, options, shell);
  const files = await readPublishedFiles(subject, options, shell);
  const notes = { ...toNotes(options), version: version.version };
  const artifact = planFromFile({ file: subject.file, wasm: subject.component }, notes);
  return { version, subject, files, notes, artifact };
}

function tryOut({ subject, files }: Prepared, options: PublishOptions, shell: Shell): Promise<Rehearsed> {
  const { kind, settings, rounds } = options;
  return rehearse({
    subject,
    kind,
    cases: files.cases,
    limits: toLimits(options),
    settings,
    rounds,
    signal: shell.signal,
    onProgress: (text) => shell.progress(text),
  });
}

function describe(bench: Benched, { cases }: PublishedFiles): string {
  const ten = bench.latencies.find(({ candidates }) => candidates === 10);
  const time = ten === undefined ? "" : `; ${ten.p50Ms.toFixed(2)} ms for 10 candidates (p50)`;
  return `a node takes this ${bench.kind}; ${cases.length} golden cases pass${time}`;
}

function toEntry({ version, subject, artifact, notes, bench }: Prepared & { bench: Benched }): Entry {
  return planEntry({
    version,
    digest: artifact.digest,
    kind: bench.kind,
    world: findWorld(inspectComponent(subject.component).exports) ?? "",
    metadata: readEmbeddedMetadata(subject.component).metadata,
    notes,
    bench,
    keyIds: [],
    publishedAt: new Date(),
  });
}

function toDocuments({ readme, casesText }: PublishedFiles, bench: Benched): readonly ModuleDocument[] {
  const documents: ModuleDocument[] = [
    { kind: "benchmark", bytes: Buffer.from(`${JSON.stringify(bench, undefined, 2)}\n`) },
  ];
  if (readme !== undefined) documents.unshift({ kind: "readme", bytes: readme });
  if (casesText !== undefined) documents.unshift({ kind: "golden", bytes: casesText });
  return documents;
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
  const { documents, catalogue } = publication;
  if (!isDry) {
    const onStep = (step: PublishStep) => tell(`${WORDS_BY_STEP[step]} …`);
    return await publishModule(publication, { ...(await shell.clientOptions()), onStep });
  }
  const beside = documents.map(({ kind }) => kind).join(", ");
  tell(`would push it with ${beside}, and add it to ${formatRepository(catalogue)}; nothing was sent`);
}
