import type { Annotations } from "./annotations.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import { type Digest, isDigest, sha256 } from "../digest.ts";

/** How a manifest names other bytes. Source: OCI image-spec, "Content Descriptors". */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
}

/** Each half of a media type has at most 127. Source: RFC 6838 §4.2. */
export const MAX_TYPE_LENGTH = 255;

/** What a foreign manifest names by this value; undefined when that is no descriptor. What else it has is left out. */
export function findDescriptor(value: unknown): Descriptor | undefined {
  if (!isJsonObject(value)) return undefined;
  const { mediaType, digest, size } = value;
  if (typeof mediaType !== "string" || mediaType.length > MAX_TYPE_LENGTH) return undefined;
  if (!isDigest(digest)) return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  return { mediaType, digest, size };
}

/** How a manifest names these bytes. */
export function toDescriptor(mediaType: string, bytes: Uint8Array): Descriptor {
  return { mediaType, digest: sha256(bytes), size: bytes.byteLength };
}

/** That field of a manifest or of a descriptor, in one order; absent when there is none. */
export function toAnnotated(annotations: Annotations = {}): { annotations?: Annotations } {
  const sorted = Object.entries(annotations).toSorted(([one], [other]) => (one < other ? -1 : 1));
  return sorted.length === 0 ? {} : { annotations: Object.fromEntries(sorted) };
}

/** A time of whole seconds as registries and other publishers write it. */
export function formatCreated(created: Date): string {
  return created.toISOString().replace(".000Z", "Z");
}
