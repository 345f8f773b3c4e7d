import { type Command, InvalidArgumentError } from "commander";
import { DOCUMENTS, type ModuleDocument } from "../../registry/artifact/document.ts";
import type { PublisherNotes } from "../../registry/artifact/publisher-notes.ts";
import { parseGoldenCases } from "../author/golden/case.ts";
import { readInput } from "./input-file.ts";

/** What a publisher adds to a module, as every verb takes it that publishes one. */
export interface PublishingOptions extends NoteOptions {
  readonly version?: string;
  readonly readme?: string;
  readonly cases?: readonly string[];
}

/** What a publisher says of a module, whatever its version. */
export interface NoteOptions {
  readonly title?: string;
  readonly licence?: string;
  readonly source?: string;
  readonly annotation?: Readonly<Record<string, string>>;
}

export function addNoteOptions(command: Command): Command {
  return command
    .option("--title <text>", "its name for people")
    .option("--licence <expression>", "its licence as an SPDX expression, as in Apache-2.0")
    .option("--source <url>", "where its source code lies")
    .option("--annotation <key=value>", "another annotation of its manifest; may be repeated", addPair);
}

export function addPublishingOptions(command: Command): Command {
  return addNoteOptions(command)
    .option("--version <version>", "its version, as in 1.2.0")
    .option("--readme <file>", "what to read about it, in Markdown")
    .option("--cases <file>", "golden cases that it answers; may be repeated", addFile);
}

/** @throws {InvalidArgumentError} for what is no pair, or is there twice. */
function addPair(pair: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const at = pair.indexOf("=");
  const key = pair.slice(0, at);
  if (at < 1) throw new InvalidArgumentError("It must be KEY=VALUE.");
  if (Object.hasOwn(before, key)) throw new InvalidArgumentError("Its key is there twice.");
  return { ...before, [key]: pair.slice(at + 1) };
}

function addFile(file: string, before: readonly string[] = []): readonly string[] {
  return [...before, file];
}

export function toNotes({ title, licence, source, annotation }: NoteOptions): PublisherNotes {
  return { title, licence, source, annotations: annotation };
}

/** Reads the files that are to lie beside the module. @throws {Failure | BuildFailure} naming the file */
export async function readDocuments({ readme, cases = [] }: PublishingOptions): Promise<ModuleDocument[]> {
  const documents: ModuleDocument[] = [];
  if (readme !== undefined) {
    documents.push({ kind: "readme", bytes: await readInput(readme, DOCUMENTS.readme.maxBytes) });
  }
  if (cases.length > 0) documents.push({ kind: "golden", bytes: await readCases(cases) });
  return documents;
}

/** The cases of all files as one list; of one file, as it is. */
async function readCases(files: readonly string[]): Promise<Buffer> {
  const texts: Buffer[] = [];
  for (const file of files) {
    const text = await readInput(file, DOCUMENTS.golden.maxBytes);
    parseGoldenCases(file, text.toString());
    texts.push(text);
  }
  const [first] = texts;
  if (first !== undefined && texts.length === 1) return first;
  const cases = texts.flatMap((text): unknown[] => JSON.parse(text.toString()));
  return Buffer.from(`${JSON.stringify(cases, undefined, 2)}\n`);
}
