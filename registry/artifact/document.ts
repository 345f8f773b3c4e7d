import { ARTIFACT_TYPE, OCI_ANNOTATION } from "./annotations.ts";
import type { Descriptor } from "./descriptor.ts";
import type { Digest } from "../digest.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import { parseAnyManifest } from "./manifest.ts";
import { type ArtifactReader, findReferring, type Referrer } from "../reader.ts";
import { type PlainArtifact, planReferrer } from "./referrer.ts";

/** What lies beside a module in its repository and refers to it: one text each. */
export const DOCUMENTS = {
  readme: {
    artifactType: ARTIFACT_TYPE.readme,
    mediaType: "text/markdown",
    fileName: "README.md",
    maxBytes: 256 * 2 ** 10,
  },
  golden: {
    artifactType: ARTIFACT_TYPE.golden,
    mediaType: "application/json",
    fileName: "golden.json",
    maxBytes: 4 * 2 ** 20,
  },
  benchmark: {
    artifactType: ARTIFACT_TYPE.benchmark,
    mediaType: "application/json",
    fileName: "benchmark.json",
    maxBytes: 64 * 2 ** 10,
  },
} as const;

export type DocumentKind = keyof typeof DOCUMENTS;

export interface ModuleDocument {
  readonly kind: DocumentKind;
  readonly bytes: Uint8Array;
}

/** The newest of so many is looked for: whoever may write into the repository can add any number. */
const MAX_LOOKED_AT = 16;

/** What makes one referrer unreadable and says nothing of the others. */
const DAMAGE: ReadonlySet<RegistryFailureKind> = new Set([
  "badAnswer",
  "badManifest",
  "notFound",
  "sizeMismatch",
]);

/**
 * Lays a document out as what refers to a module.
 * @param created tells which of several is the newest; without it, the same text has the same digest everywhere.
 * @throws {RegistryFailure} tooLarge
 */
export function planDocument(
  { kind, bytes }: ModuleDocument,
  subject: Descriptor,
  created?: Date,
): PlainArtifact {
  const { artifactType, mediaType, fileName, maxBytes } = DOCUMENTS[kind];
  if (bytes.byteLength > maxBytes) {
    const todo = "shorten it";
    throw new RegistryFailure("tooLarge", `${bytes.byteLength} bytes are more than a ${kind} may have`, {
      todo,
    });
  }
  const layer = { mediaType, bytes, annotations: { [OCI_ANNOTATION.title]: fileName } };
  return planReferrer({ subject, artifactType, layer, ...(created && { created }) });
}

/** The newest document of this kind that can be read, as text that anybody may have written; undefined without one. */
export async function findDocument(
  reader: ArtifactReader,
  digest: Digest,
  kind: DocumentKind,
): Promise<string | undefined> {
  const bytes = await findDocumentBytes(reader, digest, kind);
  return bytes && new TextDecoder().decode(bytes);
}

/** The same, not decoded. */
export async function findDocumentBytes(
  reader: ArtifactReader,
  digest: Digest,
  kind: DocumentKind,
): Promise<Uint8Array | undefined> {
  const referrers = await reader.listReferrers(digest, DOCUMENTS[kind].artifactType);
  for (const each of referrers.toSorted(byAge).slice(0, MAX_LOOKED_AT)) {
    const bytes = await unlessDamaged(() => readDocument(reader, each, { subject: digest, kind }));
    if (bytes !== undefined) return bytes;
  }
  return undefined;
}

export const findReadme = (reader: ArtifactReader, digest: Digest): Promise<string | undefined> =>
  findDocument(reader, digest, "readme");

/** JSON, if its publisher was honest. */
export const findGolden = (reader: ArtifactReader, digest: Digest): Promise<string | undefined> =>
  findDocument(reader, digest, "golden");

/** The newest first; by digest where they don't differ, so that everybody sees the same one. */
function byAge(one: Referrer, other: Referrer): number {
  const newer = toInstant(other) - toInstant(one);
  return newer === 0 ? Number(one.digest > other.digest) || -1 : newer;
}

/** A list may say any time, or none: then it is the oldest. */
function toInstant({ annotations }: Referrer): number {
  const instant = Date.parse(annotations[OCI_ANNOTATION.created] ?? "");
  return Number.isNaN(instant) ? 0 : instant;
}

/** Undefined when it isn't what the list said it was. */
async function readDocument(
  reader: ArtifactReader,
  referrer: Referrer,
  { subject, kind }: { subject: Digest; kind: DocumentKind },
): Promise<Uint8Array | undefined> {
  const bytes = await findReferring(reader, referrer);
  if (bytes === undefined) return undefined;
  const { artifactType, mediaType, maxBytes } = DOCUMENTS[kind];
  const manifest = parseAnyManifest(bytes, referrer.digest);
  const layer = manifest.blobs.find((blob) => blob.mediaType === mediaType);
  const isIt = manifest.subject?.digest === subject && manifest.artifactType === artifactType;
  if (!isIt || layer === undefined || layer.size > maxBytes) return undefined;
  return await reader.getBlob(layer);
}

async function unlessDamaged<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof RegistryFailure && DAMAGE.has(error.kind)) return undefined;
    throw error;
  }
}
