import { MEDIA_TYPE } from "../../registry/artifact/artifact.ts";
import { planReferrer } from "../../registry/artifact/referrer.ts";
import type { Digest } from "../../registry/digest.ts";
import { BUNDLE } from "../../registry/trust/bundle.ts";
import type { PrivateKey } from "../../registry/trust/key.ts";
import { signBundle, signSimply } from "../../registry/trust/sign-plan.ts";
import { SIMPLE_SIGNING, toSignatureTag } from "../../registry/trust/simple-signing.ts";
import type { MemoryReader } from "./reader.ts";
import { DIGEST, makeClaim } from "./signatures.ts";

/** Signatures of `DIGEST` under its tag. */
export function addTagged(reader: MemoryReader, { key, count = 1 }: { key: PrivateKey; count?: number }) {
  const layers = Array.from({ length: count }, () => {
    const { payload, annotations } = signSimply(makeClaim(), key);
    return { ...reader.add(SIMPLE_SIGNING, payload), annotations };
  });
  const config = reader.add("application/vnd.oci.image.config.v1+json", Buffer.from("{ }"));
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers };
  reader.addManifest(manifest, toSignatureTag(DIGEST));
}

/** A signature of `DIGEST` in a bundle, or whatever the bytes are. @returns its manifest's digest */
export function addBundle(
  reader: MemoryReader,
  more: { key: PrivateKey; subject?: Digest; bytes?: Uint8Array },
): Digest {
  const { key, subject = DIGEST, bytes = signBundle(makeClaim(), key) } = more;
  const { digest, manifest, blobs } = planReferrer({
    subject: { mediaType: MEDIA_TYPE.manifest, digest: subject, size: 1 },
    artifactType: BUNDLE,
    layer: { mediaType: BUNDLE, bytes },
  });
  for (const blob of blobs) reader.add("", blob);
  reader.manifestByName.set(digest, manifest);
  const entry = { mediaType: MEDIA_TYPE.manifest, digest, size: manifest.byteLength };
  reader.referrers.push({ ...entry, artifactType: BUNDLE, annotations: {} });
  return digest;
}
