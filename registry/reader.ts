import type { Descriptor } from "./artifact/descriptor.ts";
import { checkSize, type Digest } from "./digest.ts";

/** Of one manifest; what a registry lists beyond it is not read. */
export const MAX_REFERRERS = 256;

/** A manifest that names another as its subject: a signature, a README … Only its own bytes prove that it does. */
export interface Referrer extends Descriptor {
  readonly artifactType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** Where the artifacts of one repository are read: a registry, or the store. Bytes have the digest that was asked for. */
export interface ArtifactReader {
  /** The manifest's exact bytes by tag or digest; undefined when there is none. */
  findManifest(name: string): Promise<Uint8Array | undefined>;
  /** @throws {RegistryFailure} notFound, digestMismatch, sizeMismatch … */
  getBlob(descriptor: Descriptor): Promise<Uint8Array>;
  /** What refers to this manifest: the referrers API, else the fallback tag's index. Never more than MAX_REFERRERS. */
  listReferrers(digest: Digest, artifactType?: string): Promise<readonly Referrer[]>;
}

/** The manifest that a list names; undefined when it is gone. @throws {RegistryFailure} sizeMismatch */
export async function findReferring(
  reader: Pick<ArtifactReader, "findManifest">,
  referrer: Descriptor,
): Promise<Uint8Array | undefined> {
  const manifest = await reader.findManifest(referrer.digest);
  if (manifest !== undefined) checkSize(manifest, referrer, "the repository");
  return manifest;
}
