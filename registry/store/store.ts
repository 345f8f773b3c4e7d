import type { ComponentShape } from "../../core/wasm/component.ts";
import { type Artifact, MAX_JSON_BYTES, parseConfig, parseManifest } from "../artifact/artifact.ts";
import type { Collection } from "../collect.ts";
import { isDigest, sha256 } from "../digest.ts";
import type { ArtifactReader } from "../reader.ts";
import { formatReference, type Reference } from "../reference.ts";
import { BlobFolder } from "./blob-folder.ts";
import { planPaths, prepareFolders, type StorePaths } from "./folder.ts";
import { IndexFile } from "./index-file.ts";
import { type LayoutEntry, listEntries, mayBeModule, planEntry } from "./layout.ts";
import { toNamed } from "./named-manifest.ts";
import { namingStore } from "./naming.ts";
import { StoreReader } from "./reader.ts";

/** A module out of the store; every byte was checked against the digest. */
export interface StoredModule extends Artifact {
  /** As its config says. */
  readonly shape: ComponentShape;
}

interface NamedArtifact {
  readonly artifact: PutArtifact;
  readonly reference?: Reference | undefined;
}

/** Opens nothing yet: a folder that doesn't exist is an empty store. */
export function openStore(folder: string): Store {
  return new Store(folder);
}

/** An artifact of any kind, with the blobs that are to lie beside its manifest. */
export interface PutArtifact {
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
}

/**
 * The modules of this node, in a folder in OCI image layout, which other tools may fill as well.
 * Readers need no lock and no right to write. Every method throws RegistryFailure.
 */
export class Store {
  readonly #paths: StorePaths;
  readonly #blobs: BlobFolder;
  readonly #index: IndexFile;

  constructor(folder: string) {
    this.#paths = planPaths(folder);
    this.#blobs = new BlobFolder(this.#paths.blobs, this.#paths.temp);
    this.#index = new IndexFile(this.#paths);
  }

  get folder(): string {
    return this.#paths.folder;
  }

  /** Reads no index, so that a damaged one stops no pod. Undefined also when there is no store at all. */
  findModule(digest: string): Promise<StoredModule | undefined> {
    return this.#naming(async () => {
      if (!isDigest(digest)) return undefined;
      const manifest = await this.#blobs.find(digest, MAX_JSON_BYTES);
      if (manifest === undefined) return undefined;
      const { config: configAt, layer } = parseManifest(manifest, digest);
      const [config, wasm] = await Promise.all([this.#blobs.read(configAt), this.#blobs.read(layer)]);
      return { digest, manifest, config, wasm, shape: parseConfig(config, layer.digest, digest) };
    });
  }

  /** What may be modules, as the index names them; whether they are there and sound is for `findModule` to say. */
  listEntries(): Promise<Pick<LayoutEntry, "digest" | "reference">[]> {
    return this.#naming(async () => {
      const entries = listEntries(await this.#index.read()).filter(mayBeModule);
      return entries.map(({ digest, reference }) => ({ digest, reference }));
    });
  }

  /** Artifacts of any kind of one repository: signatures, READMEs … */
  reader(repository: Pick<Reference, "host" | "repository">): ArtifactReader {
    return this.readers()(repository);
  }

  /** The same of several repositories, for which the index is read once. */
  readers(): (repository: Pick<Reference, "host" | "repository">) => ArtifactReader {
    const { folder } = this.#paths;
    let entries: Promise<readonly LayoutEntry[]> | undefined;
    const list = () => (entries ??= this.#index.readAnyhow().then(listEntries));
    return (repository) => new StoreReader(repository, { folder, blobs: this.#blobs, listEntries: list });
  }

  /** As `putArtifact` does. */
  put({ manifest, config, wasm }: Artifact, reference: Reference): Promise<void> {
    return this.putArtifact({ manifest, blobs: [wasm, config] }, reference);
  }

  /** Keeps an artifact under a name, or without one when it refers to another. As `putAll` does. */
  putArtifact(artifact: PutArtifact, reference?: Reference): Promise<void> {
    return this.putAll([{ artifact, reference }]);
  }

  /** An artifact with all that belongs to it, at once: no reader sees a module before its signatures. */
  putCollection({ root, referrers, tagged }: Collection, reference: Reference): Promise<void> {
    return this.putAll([
      ...referrers.map((artifact) => ({ artifact })),
      ...tagged.map((artifact) => ({
        artifact,
        reference: { ...reference, tag: artifact.tag, digest: undefined },
      })),
      { artifact: root, reference },
    ]);
  }

  /** Makes the store if need be. On disk, blobs before the index that names them, when this returns. */
  async putAll(named: readonly NamedArtifact[]): Promise<void> {
    const blobs = named.flatMap(({ artifact }) => [...artifact.blobs, artifact.manifest]);
    const entries = named.map(({ artifact: { manifest }, reference }) => {
      const name = reference && formatReference(reference);
      return { name, manifest: toNamed(manifest, name ?? sha256(manifest)) };
    });
    await this.#naming(async () => {
      await prepareFolders(this.#paths);
      for (const bytes of blobs) await this.#blobs.put(bytes);
      await this.#blobs.sync();
      await this.#index.update(async (index) => {
        await this.#putAgain(blobs);
        return entries.reduce((next, { name, manifest }) => planEntry(next, name, manifest), index);
      });
    });
  }

  /** Under the lock: who removes what nobody names may have taken a blob that wasn't named yet. */
  async #putAgain(blobs: readonly Uint8Array[]): Promise<void> {
    const isThere = await Promise.all(blobs.map((bytes) => this.#blobs.has(sha256(bytes), bytes.byteLength)));
    if (isThere.every(Boolean)) return;
    for (const bytes of blobs) await this.#blobs.put(bytes);
    await this.#blobs.sync();
  }

  #naming<T>(work: () => Promise<T>): Promise<T> {
    return namingStore(this.#paths.folder, work);
  }
}
