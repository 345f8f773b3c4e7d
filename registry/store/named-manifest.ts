import { sha256 } from "../digest.ts";
import { type AnyManifest, findAnyManifest, parseAnyManifest } from "../artifact/manifest.ts";
import type { NamedManifest } from "./layout.ts";

/** What the index says of a manifest; `where` names it. @throws {RegistryFailure} badAnswer, badManifest */
export function toNamed(bytes: Uint8Array, where: string): NamedManifest {
  return describe(bytes, parseAnyManifest(bytes, where));
}

/** The same; undefined for what is no manifest. */
export function findNamed(bytes: Uint8Array): NamedManifest | undefined {
  const manifest = findAnyManifest(bytes);
  return manifest && describe(bytes, manifest);
}

function describe(bytes: Uint8Array, { mediaType, artifactType, subject }: AnyManifest): NamedManifest {
  return { mediaType, digest: sha256(bytes), size: bytes.byteLength, artifactType, subject: subject?.digest };
}
