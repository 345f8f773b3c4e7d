import { type Annotations, OCI_ANNOTATION } from "./annotations.ts";
import { MEDIA_TYPE } from "./artifact.ts";
import { type Descriptor, formatCreated, toAnnotated, toDescriptor } from "./descriptor.ts";
import { type Digest, sha256 } from "../digest.ts";

/** An artifact of any kind but a module: a manifest and the blobs that it names. */
export interface PlainArtifact {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly blobs: readonly Uint8Array[];
}

export interface ReferrerPlan {
  /** The manifest that it refers to; absent for an artifact that stands for itself, as a catalogue does. */
  readonly subject?: Descriptor;
  readonly artifactType: string;
  readonly layer: LayerPlan;
  /** Of the manifest. */
  readonly annotations?: Annotations;
  readonly created?: Date;
}

export interface LayerPlan {
  readonly mediaType: string;
  readonly bytes: Uint8Array;
  readonly annotations?: Annotations;
}

/** Source: OCI image-spec, "Guidance for an Empty Descriptor". */
export const EMPTY = Buffer.from("{}");

/** Lays one blob out as an artifact that refers to another; the same input gives the same digest everywhere. */
export function planReferrer(plan: ReferrerPlan): PlainArtifact {
  const { subject, artifactType, layer, annotations, created } = plan;
  const dated = created && { [OCI_ANNOTATION.created]: formatCreated(created) };
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      artifactType,
      config: toDescriptor(MEDIA_TYPE.empty, EMPTY),
      layers: [{ ...toDescriptor(layer.mediaType, layer.bytes), ...toAnnotated(layer.annotations) }],
      ...(subject && { subject }),
      ...toAnnotated({ ...annotations, ...dated }),
    }),
  );
  return { digest: sha256(manifest), manifest, blobs: [EMPTY, layer.bytes] };
}
