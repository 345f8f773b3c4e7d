import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { inspectComponent } from "../../core/wasm/component.ts";
import type { Artifact } from "../../registry/artifact/artifact.ts";
import type { Entry } from "../../registry/catalogue/document.ts";
import { planEntry } from "../../registry/catalogue/entry.ts";
import type { ModuleVersion } from "../../registry/catalogue/tags.ts";
import type { ModuleDocument } from "../../registry/artifact/document.ts";
import { findWorld } from "../../registry/artifact/module-kind.ts";
import type { PublisherNotes } from "../../registry/artifact/publisher-notes.ts";
import type { Benched } from "../author/measure.ts";
import { type Rehearsed, rehearse } from "../author/rehearse.ts";
import type { Subject } from "../author/subject.ts";
import { readTarget, toLimits, type TrialOptions } from "./author-options.ts";
import { planFromFile } from "./plan-module.ts";
import { type FileOptions, type PublishedFiles, readPublishedFiles } from "./published-files.ts";
import { type NoteOptions, toNotes } from "./publishing-options.ts";
import { formatCount } from "../../registry/size.ts";
import type { Shell } from "./shell.ts";

export interface RehearsalOptions extends TrialOptions, NoteOptions, FileOptions {
  /** Of made-up questions, as JSON. */
  readonly settings?: string;
  /** Answers measured by number of candidates. */
  readonly rounds: number;
}

export interface Prepared {
  readonly version: ModuleVersion;
  readonly subject: Subject;
  readonly files: PublishedFiles;
  readonly notes: PublisherNotes;
  readonly artifact: Artifact;
}

/** All that is read or built before anything is run or sent. */
export async function prepare(
  { target, version, options }: { target: string; version: ModuleVersion; options: RehearsalOptions },
  shell: Shell,
): Promise<Prepared> {
  const subject = await readTarget(target, options, shell);
  const files = await readPublishedFiles(subject, options, shell);
  const notes = { ...toNotes(options), version: version.version };
  const artifact = planFromFile({ file: subject.file, wasm: subject.component }, notes);
  return { version, subject, files, notes, artifact };
}

export function tryOut(
  { subject, files }: Prepared,
  options: RehearsalOptions,
  shell: Shell,
): Promise<Rehearsed> {
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

export function describe(bench: Benched, { cases }: PublishedFiles): string {
  const ten = bench.latencies.find(({ candidates }) => candidates === 10);
  const passed = `; ${formatCount(cases.length, "golden case")} ${cases.length === 1 ? "passes" : "pass"}`;
  const time = ten === undefined ? "" : `; ${ten.p50Ms.toFixed(2)} ms for 10 candidates (p50)`;
  return `a node takes this ${bench.kind}${cases.length === 0 ? "" : passed}${time}`;
}

export function toEntry(
  { version, subject, artifact, notes }: Prepared,
  { bench, keyIds }: { bench: Benched; keyIds: readonly string[] },
): Entry {
  return planEntry({
    version,
    digest: artifact.digest,
    kind: bench.kind,
    world: findWorld(inspectComponent(subject.component).exports) ?? "",
    metadata: readEmbeddedMetadata(subject.component).metadata,
    notes,
    bench,
    keyIds,
    publishedAt: new Date(),
  });
}

export function toDocuments(
  { readme, casesText }: PublishedFiles,
  bench: Benched,
): readonly ModuleDocument[] {
  const documents: ModuleDocument[] = [
    { kind: "benchmark", bytes: Buffer.from(`${JSON.stringify(bench, undefined, 2)}\n`) },
  ];
  if (readme !== undefined) documents.unshift({ kind: "readme", bytes: readme });
  if (casesText !== undefined) documents.unshift({ kind: "golden", bytes: casesText });
  return documents;
}
