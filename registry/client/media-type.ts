import { findJsonObject } from "../../core/spec/json.ts";

/** What a manifest or an index says that it is; undefined when it says nothing. */
export function findMediaType(manifest: Uint8Array): string | undefined {
  const mediaType = findJsonObject(new TextDecoder().decode(manifest))?.["mediaType"];
  return typeof mediaType === "string" && /^[\w.+/-]{1,255}$/.test(mediaType) ? mediaType : undefined;
}
