import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { Benchmark } from "../artifact/benchmark.ts";
import type { Digest } from "../digest.ts";
import type { PublisherNotes } from "../artifact/publisher-notes.ts";
import {
  type Entry,
  MAX_DESCRIPTION_LENGTH,
  MAX_LICENCE_LENGTH,
  MAX_TITLE_LENGTH,
  MAX_URL_LENGTH,
} from "./document.ts";
import { toBoundedLine } from "./line.ts";
import type { ModuleVersion } from "./tags.ts";

export interface EntryFacts {
  readonly version: ModuleVersion;
  readonly digest: Digest;
  readonly kind: ModuleKind;
  readonly world: string;
  readonly metadata: ModuleMetadata | undefined;
  readonly notes: PublisherNotes;
  readonly bench: Benchmark;
  /** Of the keys that sign it. */
  readonly keyIds: readonly string[];
  readonly publishedAt: Date;
}

/** For how many candidates an entry tells the time. */
const TOLD_CANDIDATES = 10;

/** What a catalogue says of a version: what the module says of itself, and what its publisher adds. */
export function planEntry(facts: EntryFacts): Entry {
  const { version, digest, kind, world, metadata, notes, bench, keyIds, publishedAt } = facts;
  const { title, licence, source } = notes;
  return {
    type: "entry",
    ...version,
    digest,
    kind,
    world,
    ...(title !== undefined && { title: toBoundedLine(title, MAX_TITLE_LENGTH) }),
    description: toBoundedLine(metadata?.description ?? "", MAX_DESCRIPTION_LENGTH),
    kpis: { required: metadata?.kpis.required ?? [], optional: metadata?.kpis.optional ?? [] },
    ...(licence !== undefined && { licence: toBoundedLine(licence, MAX_LICENCE_LENGTH) }),
    ...(source !== undefined && isWebAddress(source) && { source }),
    signers: [...keyIds],
    sizeBytes: bench.sizeBytes,
    ...planBench(bench),
    publishedAt: publishedAt.toISOString(),
  };
}

function planBench({ latencies, memoryMiB }: Benchmark): Pick<Entry, "bench"> {
  const told = latencies.find(({ candidates }) => candidates === TOLD_CANDIDATES);
  if (told === undefined) return {};
  const { candidates, p50Ms, p99Ms } = told;
  return { bench: { candidates, p50Ms, p99Ms, ...(memoryMiB !== null && { memoryMiB }) } };
}

/** Others, such as ssh, stand in the annotations alone: a catalogue's readers follow links. */
function isWebAddress(text: string): boolean {
  return text.length <= MAX_URL_LENGTH && /^https?:$/.test(URL.parse(text)?.protocol ?? "");
}
