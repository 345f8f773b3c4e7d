import { MEDIA_TYPE } from "./artifact/artifact.ts";
import type { Descriptor } from "./artifact/descriptor.ts";
import { toDigestTag } from "./artifact/digest-tag.ts";
import { checkSize, type Digest, sha256 } from "./digest.ts";
import { RegistryFailure } from "./errors.ts";
import { parseAnyManifest } from "./artifact/manifest.ts";
import type { ArtifactReader } from "./reader.ts";
import type { PlainArtifact } from "./artifact/referrer.ts";

/** An artifact, and what belongs to it. */
export interface Collection {
  readonly root: PlainArtifact;
  /** What refers to the root, what refers to that …: each after what it refers to. */
  readonly referrers: readonly PlainArtifact[];
  /** What other tools keep under a tag that says the root's digest. */
  readonly tagged: readonly TaggedArtifact[];
}

export interface TaggedArtifact extends PlainArtifact {
  readonly tag: string;
}

/** Of a collection's manifests and blobs together. */
const MAX_COLLECTED_BYTES = 64 * 2 ** 20;
const MAX_REFERRERS_COLLECTED = 512;
/** A signature of a README of a module: nothing refers further. */
const MAX_DEPTH = 3;
/** Source: sigstore/cosign, "Tag-based discovery". */
const TAG_ENDINGS = [".sig", ".att", ".sbom"] as const;

/**
 * Reads an artifact and all that belongs to it, so that it can be put elsewhere whole. What is listed but gone is passed
 * over: registries collect garbage.
 * @param name a tag or a digest.
 * @throws {RegistryFailure} notFound, badManifest, tooLarge
 */
export async function collectArtifact(
  from: ArtifactReader,
  name: string,
  where: string,
): Promise<Collection> {
  const reading = new Reading(from, where);
  const root = await reading.find(name);
  if (root === undefined) throw new RegistryFailure("notFound", `${where} is not there`);
  const referrers = new Map<Digest, PlainArtifact>();
  await collectReferrers(root.digest, { reading, from, referrers, depth: 1 });
  const tagged: TaggedArtifact[] = [];
  for (const ending of TAG_ENDINGS) {
    const tag = toDigestTag(root.digest, ending);
    const artifact = await reading.findListed(tag);
    if (artifact !== undefined && !holdsModule(artifact)) tagged.push({ ...artifact, tag });
  }
  return { root, referrers: [...referrers.values()], tagged };
}

/** What was collected, read as the repository that it came from: what is judged is what is put elsewhere. */
export function readCollected({ root, referrers, tagged }: Collection): ArtifactReader {
  const all: readonly PlainArtifact[] = [root, ...referrers, ...tagged];
  const blobByDigest = new Map(all.flatMap(({ blobs }) => blobs).map((bytes) => [sha256(bytes), bytes]));
  return {
    async findManifest(name) {
      const found = all.find(({ digest }) => digest === name) ?? tagged.find(({ tag }) => tag === name);
      return found?.manifest;
    },
    async getBlob(descriptor) {
      const bytes = blobByDigest.get(descriptor.digest);
      if (bytes !== undefined) {
        checkSize(bytes, descriptor, "the repository");
        return bytes;
      }
      throw new RegistryFailure("notFound", `${descriptor.digest} was not collected`);
    },
    async listReferrers(subject, wanted) {
      return referrers.flatMap(({ digest, manifest }) => {
        const parsed = parseAnyManifest(manifest, digest);
        const { mediaType, artifactType, annotations } = parsed;
        if (parsed.subject?.digest !== subject || artifactType !== (wanted ?? artifactType)) return [];
        return [{ mediaType, digest, size: manifest.byteLength, artifactType, annotations }];
      });
    },
  };
}

/** Whatever its artifactType says: who loads modules doesn't look at that. */
export function isModule({ root }: Collection): boolean {
  return holdsModule(root);
}

/** One that comes along would be judged by nobody: it is to be asked for by its own name. */
function holdsModule({ manifest, digest }: PlainArtifact): boolean {
  return parseAnyManifest(manifest, digest).blobs.some(({ mediaType }) => mediaType === MEDIA_TYPE.config);
}

interface Walk {
  readonly reading: Reading;
  readonly from: ArtifactReader;
  readonly referrers: Map<Digest, PlainArtifact>;
  readonly depth: number;
}

async function collectReferrers(subject: Digest, walk: Walk): Promise<void> {
  const { reading, from, referrers, depth } = walk;
  for (const { digest, size } of await from.listReferrers(subject)) {
    if (referrers.has(digest) || referrers.size === MAX_REFERRERS_COLLECTED) continue;
    const artifact = await reading.findListed(digest);
    if (artifact === undefined || !refersTo(artifact, subject) || holdsModule(artifact)) continue;
    checkSize(artifact.manifest, { digest, size }, reading.where);
    referrers.set(digest, artifact);
    if (depth < MAX_DEPTH) await collectReferrers(digest, { ...walk, depth: depth + 1 });
  }
}

/** A list may say anything. */
function refersTo({ manifest, digest }: PlainArtifact, subject: Digest): boolean {
  return parseAnyManifest(manifest, digest).subject?.digest === subject;
}

/** What has been read so far, held against the bound. */
class Reading {
  readonly #from: ArtifactReader;
  readonly where: string;
  #bytesLeft = MAX_COLLECTED_BYTES;

  constructor(from: ArtifactReader, where: string) {
    this.#from = from;
    this.where = where;
  }

  async find(name: string): Promise<PlainArtifact | undefined> {
    const manifest = await this.#from.findManifest(name);
    if (manifest === undefined) return undefined;
    this.#take(manifest.byteLength);
    const { blobs: descriptors, mediaType } = parseAnyManifest(manifest, `${this.where} (${name})`);
    if (mediaType === MEDIA_TYPE.index)
      throw new RegistryFailure("badManifest", `${this.where} (${name}) is a list of others`);
    const blobs: Uint8Array[] = [];
    for (const descriptor of descriptors) blobs.push(await this.#read(descriptor));
    return { digest: sha256(manifest), manifest, blobs };
  }

  /** As `find`; undefined also when a part of it is gone. */
  async findListed(name: string): Promise<PlainArtifact | undefined> {
    try {
      return await this.find(name);
    } catch (error) {
      if (error instanceof RegistryFailure && error.kind === "notFound") return undefined;
      throw error;
    }
  }

  async #read(descriptor: Descriptor): Promise<Uint8Array> {
    this.#take(descriptor.size);
    return await this.#from.getBlob(descriptor);
  }

  #take(bytes: number): void {
    this.#bytesLeft -= bytes;
    if (this.#bytesLeft >= 0) return;
    const what = `${this.where} and what belongs to it`;
    throw new RegistryFailure("tooLarge", `${what} have more than ${MAX_COLLECTED_BYTES} bytes`);
  }
}
