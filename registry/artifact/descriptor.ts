import type { Annotations } from "./annotations.ts";
import type { Descriptor } from "./artifact.ts";
import { sha256 } from "../digest.ts";

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
