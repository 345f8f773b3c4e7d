import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { MEDIA_TYPE } from "../artifact.ts";
import { type Digest, isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseReference, pinReference } from "../reference.ts";

/** The store's table of contents. What other tools have written into it is kept as it is. */
export interface LayoutIndex extends JsonObject {
  readonly manifests: readonly JsonObject[];
}

export interface LayoutEntry {
  readonly digest: Digest;
  readonly reference: string | undefined;
}

/** Source: OCI image-spec, "Image Layout" and "Pre-Defined Annotation Keys". */
const REFERENCE_KEY = "org.opencontainers.image.ref.name";

export const LAYOUT_MARKER = JSON.stringify({ imageLayoutVersion: "1.0.0" });
export const EMPTY_INDEX: LayoutIndex = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [] };

/** Some 16 000 entries: `geniectl list` reads the module of each. */
export const MAX_INDEX_BYTES = 4 * 2 ** 20;

/**
 * Reads index.json; other tools write it without a mediaType.
 * @throws {RegistryFailure} damagedStore, naming the file
 */
export function parseIndex(text: string, file: string): LayoutIndex {
  const index = findJsonObject(text);
  const manifests = index?.["manifests"];
  if (index?.["schemaVersion"] === 2 && Array.isArray(manifests) && manifests.every(isJsonObject)) {
    return { ...index, manifests };
  }
  throw damagedIndex(file, "is no OCI index");
}

/** @throws {RegistryFailure} damagedStore for an index that couldn't be written, or read back: what others put in is kept */
export function formatIndex(index: LayoutIndex, file: string): Buffer {
  let json: string;
  try {
    json = JSON.stringify(index);
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    throw damagedIndex(file, "is nested too deep");
  }
  const bytes = Buffer.from(json);
  if (bytes.byteLength <= MAX_INDEX_BYTES) return bytes;
  throw damagedIndex(file, `would have more than ${MAX_INDEX_BYTES} bytes`);
}

/** An index that can't be used, and what to do about it. */
export function damagedIndex(file: string, why: string): RegistryFailure {
  return new RegistryFailure("damagedStore", `${file} ${why}`, {
    todo: "remove this one file and pull again; the modules beside it stay usable",
  });
}

/** Entries that may be modules of ours: a foreign index or an unknown digest is passed over. */
export function listEntries({ manifests }: LayoutIndex): LayoutEntry[] {
  return manifests.flatMap((entry) => {
    const { digest, mediaType } = entry;
    return isDigest(digest) && mediaType === MEDIA_TYPE.manifest
      ? [{ digest, reference: findReference(entry) }]
      : [];
  });
}

/**
 * Names a manifest. A reference names one digest; a digest that loses its last name to a moved tag keeps one that
 * says its digest, so that nothing that was pulled drops out of sight.
 */
export function planEntry(
  index: LayoutIndex,
  reference: string,
  manifest: { digest: Digest; size: number },
): LayoutIndex {
  const named = { mediaType: MEDIA_TYPE.manifest, ...manifest, annotations: { [REFERENCE_KEY]: reference } };
  const others = index.manifests.filter((entry) => findReference(entry) !== reference);
  const moved = index.manifests.filter((entry) => {
    const { digest } = entry;
    return (
      findReference(entry) === reference &&
      digest !== manifest.digest &&
      others.every((other) => other["digest"] !== digest)
    );
  });
  const kept = moved.map((entry) => ({
    ...entry,
    annotations: { [REFERENCE_KEY]: toPinned(reference, entry["digest"]) },
  }));
  return { ...index, manifests: [...others, ...kept, named] };
}

function findReference(entry: JsonObject): string | undefined {
  const annotations = entry["annotations"];
  const reference = isJsonObject(annotations) ? annotations[REFERENCE_KEY] : undefined;
  return typeof reference === "string" ? reference : undefined;
}

function toPinned(reference: string, digest: unknown): string {
  return isDigest(digest) ? pinReference(parseReference(reference), digest) : reference;
}
