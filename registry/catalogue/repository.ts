import type { Digest } from "../digest.ts";
import type { ArtifactReader } from "../reader.ts";

/** The repository of a catalogue, to be read. */
export interface CatalogueReader extends ArtifactReader {
  /** Every tag; none when there is no such repository. */
  listTags(): Promise<readonly string[]>;
}

/** The same, to be written to: a registry. */
export interface CatalogueRepository extends CatalogueReader {
  findDigest(tag: string): Promise<Digest | undefined>;
  putBlob(bytes: Uint8Array): Promise<void>;
  putManifest(bytes: Uint8Array, name: string): Promise<void>;
}
