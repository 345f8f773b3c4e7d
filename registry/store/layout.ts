import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { type Digest, isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseReference, pinReference } from "../reference.ts";
import { NOT_A_FILE } from "./stored-file.ts";

/** The store's table of contents. What other tools have written into it is kept as it is. */
export interface LayoutIndex extends JsonObject {
  readonly manifests: readonly JsonObject[];
}

/** What one entry says; only the digest is sure to be there. */
export interface LayoutEntry {
  readonly digest: Digest;
  readonly reference: string | undefined;
  readonly isIndex: boolean;
  readonly artifactType: string | undefined;
  /** What it refers to; null when it refers to nothing, undefined when only its manifest says so. */
  readonly subject: Digest | null | undefined;
}

/** A manifest as the index names it. */
export interface NamedManifest {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  readonly artifactType?: string | undefined;
  readonly subject?: Digest | undefined;
}

/** Source: OCI image-spec, "Image Layout" and "Pre-Defined Annotation Keys". */
const REFERENCE_KEY = "org.opencontainers.image.ref.name";
/** The digest that a manifest refers to, or nothing: spares opening each to find the few that refer to one. */
const SUBJECT_KEY = "io.github.cni-genie.subject";

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
  throw new RegistryFailure("damagedStore", `${file} would have more than ${MAX_INDEX_BYTES} bytes`, {
    todo: "remove what nothing needs with geniectl prune; what is in the store stays usable meanwhile",
  });
}

/** An index that can't be used, and what to do about it. */
export function damagedIndex(file: string, why: string): RegistryFailure {
  const first = why === NOT_A_FILE ? "remove it, then " : "";
  return new RegistryFailure("damagedStore", `${file} ${why}`, {
    todo: `${first}run geniectl repair, which makes a new one of what is there; modules stay usable meanwhile`,
  });
}

/** Whether an entry may name a module: only its manifest says for sure. */
export function mayBeModule({ isIndex, artifactType, subject }: LayoutEntry): boolean {
  return !isIndex && (artifactType ?? MEDIA_TYPE.config) === MEDIA_TYPE.config && !isDigest(subject);
}

/** Every entry with a digest that we know; a foreign one is passed over. */
export function listEntries({ manifests }: LayoutIndex): LayoutEntry[] {
  return manifests.flatMap((entry) => {
    const { digest, mediaType, artifactType } = entry;
    if (!isDigest(digest) || (mediaType !== MEDIA_TYPE.manifest && mediaType !== MEDIA_TYPE.index)) return [];
    const subject = findAnnotation(entry, SUBJECT_KEY);
    return {
      digest,
      reference: findReference(entry),
      isIndex: mediaType === MEDIA_TYPE.index,
      artifactType: typeof artifactType === "string" ? artifactType : undefined,
      subject: isDigest(subject) ? subject : subject === "" ? null : undefined,
    };
  });
}

/**
 * Names a manifest, or has it there without a name. A reference names one digest; a digest that loses its last name to
 * a moved tag keeps one that says its digest, so that nothing that was pulled drops out of sight.
 */
export function planEntry(
  index: LayoutIndex,
  reference: string | undefined,
  manifest: NamedManifest,
): LayoutIndex {
  const isThere = index.manifests.some(
    (entry) =>
      entry["digest"] === manifest.digest && (reference ?? findReference(entry)) === findReference(entry),
  );
  if (isThere) return index;
  const others = index.manifests.filter((entry) => {
    const name = findReference(entry);
    return name === undefined ? entry["digest"] !== manifest.digest : name !== reference;
  });
  const kept = index.manifests.flatMap((entry) => {
    const { digest } = entry;
    const isMoved = reference !== undefined && findReference(entry) === reference;
    if (!isMoved || digest === manifest.digest || others.some((other) => other["digest"] === digest))
      return [];
    return {
      ...entry,
      annotations: { ...toAnnotations(entry), [REFERENCE_KEY]: toPinned(reference, digest) },
    };
  });
  return { ...index, manifests: [...others, ...kept, toEntry(reference, manifest)] };
}

/** The index without these manifests. */
export function planRemoval(index: LayoutIndex, removed: ReadonlySet<string>): LayoutIndex {
  const manifests = index.manifests.filter(
    ({ digest }) => typeof digest !== "string" || !removed.has(digest),
  );
  return { ...index, manifests };
}

/** The same index in an order that says nothing of how it came to be. */
export function planSorted(index: LayoutIndex): LayoutIndex {
  const key = (entry: JsonObject) => `${findReference(entry) ?? ""} ${String(entry["digest"])}`;
  return { ...index, manifests: index.manifests.toSorted((a, b) => (key(a) < key(b) ? -1 : 1)) };
}

/** Entries of kinds that we don't know, if we know their digests. */
export function listForeignDigests(index: LayoutIndex): Digest[] {
  const known = new Set<unknown>(listEntries(index).map(({ digest }) => digest));
  return index.manifests
    .map(({ digest }) => digest)
    .filter((digest) => isDigest(digest))
    .filter((digest) => !known.has(digest));
}

function toEntry(reference: string | undefined, { subject, ...manifest }: NamedManifest): JsonObject {
  const named = reference === undefined ? {} : { [REFERENCE_KEY]: reference };
  return { ...manifest, annotations: { ...named, [SUBJECT_KEY]: subject ?? "" } };
}

function findReference(entry: JsonObject): string | undefined {
  return findAnnotation(entry, REFERENCE_KEY);
}

function findAnnotation(entry: JsonObject, key: string): string | undefined {
  const value = toAnnotations(entry)[key];
  return typeof value === "string" ? value : undefined;
}

function toAnnotations({ annotations }: JsonObject): JsonObject {
  return isJsonObject(annotations) ? annotations : {};
}

function toPinned(reference: string, digest: unknown): string {
  return isDigest(digest) ? pinReference(parseReference(reference), digest) : reference;
}
