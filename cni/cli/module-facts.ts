import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { OCI_ANNOTATION } from "../../registry/annotations.ts";
import type { Digest } from "../../registry/digest.ts";
import { parseAnyManifest } from "../../registry/manifest.ts";
import { findKind } from "../../registry/module-kind.ts";
import type { StoredModule } from "../../registry/store/store.ts";
import { formatSize } from "./size.ts";

/** What an admin wants to know of a module before it is used. All but digest and size is what it says of itself. */
export interface ModuleFacts {
  readonly digest: Digest;
  /** Null when it's neither a scorer nor a selector. */
  readonly kind: ModuleKind | null;
  readonly sizeBytes: number;
  readonly version: string | null;
  readonly description: string | null;
}

const MAX_VERSION_LENGTH = 128;

export function toFacts({ digest, manifest, shape, wasm }: StoredModule): ModuleFacts {
  const version = parseAnyManifest(manifest, digest).annotations[OCI_ANNOTATION.version];
  return {
    digest,
    kind: findKind(shape.exports) ?? null,
    sizeBytes: wasm.byteLength,
    version: version?.slice(0, MAX_VERSION_LENGTH) ?? null,
    description: readEmbeddedMetadata(wasm).metadata?.description ?? null,
  };
}

/** In one line: `scorer, 10.8 kB, version 1.2.0: prefers what costs little`. */
export function formatFacts({ kind, sizeBytes, version, description }: ModuleFacts): string {
  const facts = [kind ?? "neither scorer nor selector", formatSize(sizeBytes)];
  if (version !== null) facts.push(`version ${version}`);
  return `${facts.join(", ")}${description === null ? "" : `: ${description}`}`;
}
