import { findJsonObject } from "../../core/spec/json.ts";
import { RegistryFailure } from "../errors.ts";

/** What a manifest or an index says that it is; undefined when it says nothing. */
export function findMediaType(manifest: Uint8Array): string | undefined {
  const mediaType = findJsonObject(new TextDecoder().decode(manifest))?.["mediaType"];
  return typeof mediaType === "string" && /^[\w.+/-]{1,255}$/.test(mediaType) ? mediaType : undefined;
}

/**
 * A document that is one thing by its header and another by its text is read differently by different clients.
 * Source: CVE-2021-41190.
 * @throws {RegistryFailure} badAnswer
 */
export function checkMediaType(manifest: Uint8Array, header: string | undefined, host: string): void {
  const said = header?.split(";")[0]?.trim();
  const written = findMediaType(manifest);
  if (said === undefined || written === undefined || said === written) return;
  throw new RegistryFailure("badAnswer", `${host} calls ${written} ${JSON.stringify(said.slice(0, 100))}`);
}
