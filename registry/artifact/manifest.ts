import type { JsonObject } from "../../core/spec/json.ts";
import { toAnnotations } from "./annotation-text.ts";
import type { Annotations } from "./annotations.ts";
import { MEDIA_TYPE } from "./artifact.ts";
import { type Descriptor, findDescriptor, MAX_TYPE_LENGTH } from "./descriptor.ts";
import { RegistryFailure } from "../errors.ts";
import { parseJsonObject } from "../json.ts";

/** What any manifest says: of a module, of what refers to one, or of a list of others. */
export interface AnyManifest {
  readonly mediaType: typeof MEDIA_TYPE.manifest | typeof MEDIA_TYPE.index;
  /** The config's media type where none is set. Source: OCI image-spec, "Guidelines for Artifact Usage". */
  readonly artifactType: string | undefined;
  readonly subject: Descriptor | undefined;
  /** Config and layers, each once. */
  readonly blobs: readonly Descriptor[];
  /** What an index lists. */
  readonly manifests: readonly Descriptor[];
  readonly annotations: Annotations;
}

/** Blobs of one manifest, and manifests of one index. */
const MAX_DESCRIPTORS = 1_024;

/** @throws {RegistryFailure} badAnswer, badManifest */
export function parseAnyManifest(bytes: Uint8Array, where: string): AnyManifest {
  const manifest = parseJsonObject(bytes, `the manifest of ${where}`);
  const fail = (why: string): never => {
    throw new RegistryFailure("badManifest", `the manifest of ${where} ${why}`);
  };
  const { config, layers = [], manifests = [], annotations, subject, artifactType } = manifest;
  const mediaType = findMediaType(manifest) ?? fail("is neither an OCI manifest nor an OCI index");
  const list = (values: unknown, what: string): Descriptor[] => {
    if (!Array.isArray(values) || values.length > MAX_DESCRIPTORS) return fail(`has no list of ${what}`);
    return values.map(
      (each) => findDescriptor(each) ?? fail(`names ${what} without media type, digest and size`),
    );
  };
  if (typeof artifactType === "string" && artifactType.length > MAX_TYPE_LENGTH)
    return fail(`has an artifactType of more than ${MAX_TYPE_LENGTH} characters`);
  const isIndex = mediaType === MEDIA_TYPE.index;
  const blobs = isIndex ? [] : list([config, ...list(layers, "layers")], "blobs");
  return {
    mediaType,
    artifactType: typeof artifactType === "string" ? artifactType : blobs[0]?.mediaType,
    subject: subject === undefined ? undefined : (findDescriptor(subject) ?? fail("has a broken subject")),
    blobs: [...new Map(blobs.map((blob) => [blob.digest, blob])).values()],
    manifests: isIndex ? list(manifests, "manifests") : [],
    annotations: toAnnotations(annotations),
  };
}

/** The same; undefined for what is no manifest. */
export function findAnyManifest(bytes: Uint8Array): AnyManifest | undefined {
  try {
    return parseAnyManifest(bytes, "it");
  } catch (error) {
    if (error instanceof RegistryFailure) return undefined;
    throw error;
  }
}

/** Other tools leave the media type out; what the fields say then counts. */
function findMediaType({
  schemaVersion,
  mediaType,
  config,
}: JsonObject): AnyManifest["mediaType"] | undefined {
  if (schemaVersion !== 2) return undefined;
  if (mediaType === MEDIA_TYPE.manifest || mediaType === MEDIA_TYPE.index) return mediaType;
  if (mediaType !== undefined) return undefined;
  return config === undefined ? MEDIA_TYPE.index : MEDIA_TYPE.manifest;
}
