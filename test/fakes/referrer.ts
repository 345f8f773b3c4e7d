import { MEDIA_TYPE } from "../../registry/artifact/artifact.ts";
import type { Descriptor } from "../../registry/artifact/descriptor.ts";
import { type Digest, sha256 } from "../../registry/digest.ts";

interface FakeReferrer {
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
  readonly layer: Descriptor;
}

/** One text about another manifest, or about none; its annotation `note` is the text. */
export function makeReferrer(plan: {
  readonly subject?: { readonly bytes: Uint8Array };
  readonly artifactType: string;
  readonly layer: string;
}): FakeReferrer {
  const [config, bytes] = [Buffer.from("{}"), Buffer.from(plan.layer)];
  const describe = (mediaType: string, it: Uint8Array) => ({
    mediaType,
    digest: sha256(it),
    size: it.byteLength,
  });
  const layer = describe("text/plain", bytes);
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType: plan.artifactType,
      config: describe("application/vnd.oci.empty.v1+json", config),
      layers: [layer],
      subject: plan.subject && describe(MEDIA_TYPE.manifest, plan.subject.bytes),
      annotations: { note: plan.layer },
    }),
  );
  return { digest: sha256(manifest), manifest, blobs: [config, bytes], layer };
}
