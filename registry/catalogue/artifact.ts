import type { JsonObject } from "../../core/spec/json.ts";
import { ARTIFACT_TYPE, OCI_ANNOTATION } from "../artifact/annotations.ts";
import { type Descriptor, findDescriptor } from "../artifact/descriptor.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import { parseJsonObject } from "../json.ts";
import type { ArtifactReader } from "../reader.ts";
import { type PlainArtifact, planReferrer } from "../artifact/referrer.ts";
import { type CatalogueDocument, findDocument } from "./document.ts";
import type { CatalogueRepository } from "./repository.ts";
import { toDocumentTag } from "./tags.ts";

/** As much of a reader as documents need. */
export type BlobReader = Pick<ArtifactReader, "findManifest" | "getBlob">;

const JSON_TYPE = "application/json";
const MAX_DOCUMENT_BYTES = 64 * 2 ** 10;

/** A JSON document as an artifact that stands for itself. */
export function planJsonArtifact(artifactType: string, title: string, text: string): PlainArtifact {
  const layer = {
    mediaType: JSON_TYPE,
    bytes: Buffer.from(text),
    annotations: { [OCI_ANNOTATION.title]: title },
  };
  return planReferrer({ artifactType, layer });
}

/** Stores an artifact under a tag: the blobs first, so that nothing can be read in halves. */
export async function putTagged(
  repository: CatalogueRepository,
  { manifest, blobs }: PlainArtifact,
  tag: string,
): Promise<void> {
  for (const blob of blobs) await repository.putBlob(blob);
  await repository.putManifest(manifest, tag);
}

/** Stores a document under its own tag. */
export async function putDocument(
  repository: CatalogueRepository,
  document: CatalogueDocument,
): Promise<PlainArtifact> {
  const artifact = planJsonArtifact(
    ARTIFACT_TYPE.catalogueEntry,
    `${document.type}.json`,
    JSON.stringify(document),
  );
  await putTagged(repository, artifact, toDocumentTag(document));
  return artifact;
}

/** The document under a tag; undefined when there is none; the clause that says why it can't be read. */
export async function readDocument(
  reader: BlobReader,
  tag: string,
): Promise<CatalogueDocument | string | undefined> {
  const value = await readJson(reader, { tag, maxBytes: MAX_DOCUMENT_BYTES });
  return typeof value === "object" ? checkDocument(tag, value) : value;
}

/** What makes one artifact unreadable and says nothing of the others. */
const DAMAGE: ReadonlySet<RegistryFailureKind> = new Set([
  "badAnswer",
  "digestMismatch",
  "sizeMismatch",
  "notFound",
  "tooLarge",
]);

/** The JSON object that is an artifact's one layer; undefined when nothing has the tag; the clause that says what is wrong. */
export async function readJson(
  reader: BlobReader,
  { tag, maxBytes }: { tag: string; maxBytes: number },
): Promise<JsonObject | string | undefined> {
  try {
    const manifest = await reader.findManifest(tag);
    if (manifest === undefined) return undefined;
    const layer = findJsonLayer(manifest, maxBytes);
    if (typeof layer === "string") return `${tag} ${layer}`;
    return parseJsonObject(await reader.getBlob(layer), "what it holds");
  } catch (error) {
    if (error instanceof RegistryFailure && DAMAGE.has(error.kind)) return `${tag}: ${error.message}`;
    throw error;
  }
}

/** A document counts under its own tag alone: no other version can be spoken for. */
export function checkDocument(tag: string, value: unknown): CatalogueDocument | string {
  const document = findDocument(value);
  if (typeof document === "string") return `${tag} can't be read: ${document}`;
  return toDocumentTag(document) === tag ? document : `${tag} holds a document of another tag`;
}

/** The one layer of JSON that a manifest names, or the clause that says why there is none. */
function findJsonLayer(manifest: Uint8Array, maxBytes: number): Descriptor | string {
  const { layers } = parseJsonObject(manifest, "a manifest of the catalogue");
  const [only, ...more]: unknown[] = Array.isArray(layers) ? layers : [];
  if (only === undefined || more.length > 0) return "has not one layer";
  const layer = findDescriptor(only);
  if (layer?.mediaType !== JSON_TYPE) return "has no layer of JSON";
  return layer.size > maxBytes ? `has more than ${maxBytes} bytes` : layer;
}
