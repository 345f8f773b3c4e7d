import { MEDIA_TYPE } from "../../registry/artifact/artifact.ts";
import type { Descriptor } from "../../registry/artifact/descriptor.ts";
import { type Digest, sha256 } from "../../registry/digest.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import type { ArtifactReader, Referrer } from "../../registry/reader.ts";

/** A repository in memory. */
export interface MemoryReader extends ArtifactReader {
  readonly manifestByName: Map<string, Uint8Array>;
  readonly blobByDigest: Map<Digest, Uint8Array>;
  readonly referrers: Referrer[];
  add(mediaType: string, bytes: Uint8Array): Descriptor;
  /** Under its digest, and under a tag if there is one. */
  addManifest(manifest: object, tag?: string): Descriptor;
}

export function makeMemoryReader(): MemoryReader {
  const manifestByName = new Map<string, Uint8Array>();
  const blobByDigest = new Map<Digest, Uint8Array>();
  const referrers: Referrer[] = [];
  const toDescriptor = (mediaType: string, bytes: Uint8Array): Descriptor => {
    return { mediaType, digest: sha256(bytes), size: bytes.byteLength };
  };
  return {
    manifestByName,
    blobByDigest,
    referrers,
    add: (mediaType, bytes) => {
      blobByDigest.set(sha256(bytes), bytes);
      return toDescriptor(mediaType, bytes);
    },
    addManifest: (manifest, tag) => {
      const bytes = Buffer.from(JSON.stringify(manifest));
      for (const name of [sha256(bytes), tag]) if (name !== undefined) manifestByName.set(name, bytes);
      return toDescriptor(MEDIA_TYPE.manifest, bytes);
    },
    findManifest: async (name) => manifestByName.get(name),
    getBlob: async ({ digest }) => {
      const blob = blobByDigest.get(digest);
      if (blob === undefined) throw new RegistryFailure("notFound", `${digest} isn't there`);
      return blob;
    },
    listReferrers: async (_, artifactType) => referrers.filter((each) => each.artifactType === artifactType),
  };
}
