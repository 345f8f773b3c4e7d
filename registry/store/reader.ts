import type { Descriptor } from "../artifact/descriptor.ts";
import { MAX_JSON_BYTES } from "../artifact/artifact.ts";
import { type Digest, isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { type AnyManifest, findAnyManifest, parseAnyManifest } from "../artifact/manifest.ts";
import { type ArtifactReader, MAX_REFERRERS, type Referrer } from "../reader.ts";
import type { Reference } from "../reference.ts";
import type { BlobFolder } from "./blob-folder.ts";
import { isDigestTagged, toDigestTag } from "../artifact/digest-tag.ts";
import type { LayoutEntry } from "./layout.ts";
import { namingStore } from "./naming.ts";

type MaybeReferrer = Pick<LayoutEntry, "digest" | "artifactType" | "subject">;

interface SizedManifest extends AnyManifest {
  /** Bytes. */
  readonly size: number;
}

/** What readers of one store share. */
export interface ReaderParts {
  readonly folder: string;
  readonly blobs: BlobFolder;
  /** Asked at the first tag or referrer that somebody looks for. */
  readonly listEntries: () => Promise<readonly LayoutEntry[]>;
}

/** One repository as the store holds it. */
export class StoreReader implements ArtifactReader {
  readonly #repository: string;
  readonly #folder: string;
  readonly #blobs: BlobFolder;
  readonly #listEntries: ReaderParts["listEntries"];

  constructor(
    { host, repository }: Pick<Reference, "host" | "repository">,
    { folder, blobs, listEntries }: ReaderParts,
  ) {
    this.#repository = `${host}/${repository}`;
    this.#folder = folder;
    this.#blobs = blobs;
    this.#listEntries = listEntries;
  }

  findManifest(name: string): Promise<Uint8Array | undefined> {
    return namingStore(this.#folder, async () => {
      const digest = isDigest(name) ? name : await this.#findTagged(name);
      return digest && (await this.#blobs.find(digest, MAX_JSON_BYTES));
    });
  }

  getBlob(descriptor: Descriptor): Promise<Uint8Array> {
    return namingStore(this.#folder, async () => {
      const bytes = await this.#blobs.findNamed(descriptor);
      if (bytes !== undefined) return bytes;
      throw new RegistryFailure("notFound", `${descriptor.digest} is not in the store ${this.#folder}`, {
        todo: `pull ${this.#repository} again`,
      });
    });
  }

  /** What refers to it is found whatever its repository: it says itself to what it belongs. */
  listReferrers(subject: Digest, artifactType?: string): Promise<readonly Referrer[]> {
    return namingStore(this.#folder, async () => {
      const referrers = new Map<Digest, Referrer>();
      for (const maybe of await this.#listMaybeReferrers(subject)) {
        if (maybe.artifactType !== undefined && maybe.artifactType !== (artifactType ?? maybe.artifactType))
          continue;
        const referrer = await this.#findReferrer(maybe, subject);
        if (referrer === undefined || referrer.artifactType !== (artifactType ?? referrer.artifactType))
          continue;
        referrers.set(referrer.digest, referrer);
        if (referrers.size === MAX_REFERRERS) break;
      }
      return [...referrers.values()];
    });
  }

  async #findTagged(tag: string): Promise<Digest | undefined> {
    const entries = await this.#listEntries();
    const full = entries.find(({ reference }) => reference === `${this.#repository}:${tag}`);
    if (full !== undefined || !isDigestTagged(tag)) return full?.digest; // the others are safe for any repository
    return entries.find(({ reference }) => reference === tag)?.digest;
  }

  async #listMaybeReferrers(subject: Digest): Promise<readonly MaybeReferrer[]> {
    const entries = (await this.#listEntries()).filter(
      (entry) => !entry.isIndex && (entry.subject === undefined || entry.subject === subject),
    );
    const list = await this.#findTagged(toDigestTag(subject));
    const listed = (list && (await this.#findSound(list))?.manifests) ?? [];
    return [
      ...entries,
      ...listed.map(({ digest }) => ({ digest, subject: undefined, artifactType: undefined })),
    ];
  }

  /** @throws {RegistryFailure} damagedStore for one that is known to refer to this manifest */
  async #findReferrer(
    { digest, subject: known }: MaybeReferrer,
    subject: Digest,
  ): Promise<Referrer | undefined> {
    const manifest = known === undefined ? await this.#findSound(digest) : await this.#read(digest);
    if (manifest?.subject?.digest !== subject) return undefined;
    const { mediaType, artifactType, annotations, size } = manifest;
    return { mediaType, digest, size, artifactType, annotations };
  }

  async #read(digest: Digest): Promise<SizedManifest | undefined> {
    const bytes = await this.#blobs.find(digest, MAX_JSON_BYTES);
    return bytes && { ...parseAnyManifest(bytes, digest), size: bytes.byteLength };
  }

  /** One that is missing, damaged or no manifest is as good as none: it may be about something else. */
  async #findSound(digest: Digest): Promise<SizedManifest | undefined> {
    const bytes = await this.#blobs.findSound(digest, MAX_JSON_BYTES);
    const manifest = bytes && findAnyManifest(bytes);
    return manifest && { ...manifest, size: bytes.byteLength };
  }
}
