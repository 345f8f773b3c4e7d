import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { OCI_ANNOTATION } from "../../registry/artifact/annotations.ts";
import type { Digest } from "../../registry/digest.ts";
import { parseAnyManifest } from "../../registry/artifact/manifest.ts";
import { findKind } from "../../registry/artifact/module-kind.ts";
import { formatSize } from "../../registry/size.ts";
import type { SignedModule } from "../../registry/transfer.ts";

/** What an admin wants to know of a module before it is used. Kind, version and description are what it says of itself. */
export interface ModuleFacts {
  readonly digest: Digest;
  /** Null when it's neither a scorer nor a selector. */
  readonly kind: ModuleKind | null;
  readonly sizeBytes: number;
  readonly version: string | null;
  readonly description: string | null;
  /** Whose signatures hold, as the trust policy calls them; null where there is no policy. */
  readonly signers: readonly string[] | null;
}

const MAX_VERSION_LENGTH = 128;

export function toFacts({ module, signers }: SignedModule): ModuleFacts {
  const { digest, manifest, shape, wasm } = module;
  const version = parseAnyManifest(manifest, digest).annotations[OCI_ANNOTATION.version];
  return {
    digest,
    kind: findKind(shape.exports) ?? null,
    sizeBytes: wasm.byteLength,
    version: version?.slice(0, MAX_VERSION_LENGTH) ?? null,
    description: readEmbeddedMetadata(wasm).metadata?.description ?? null,
    signers: signers ?? null,
  };
}

/** In one line: `scorer, 10.8 kB, version 1.2.0, signed by team: prefers what costs little`. */
export function formatFacts({ kind, sizeBytes, version, description, signers }: ModuleFacts): string {
  const facts = [kind ?? "neither scorer nor selector", formatSize(sizeBytes)];
  if (version !== null) facts.push(`version ${version}`);
  if (signers !== null) facts.push(`signed by ${signers.join(" and ")}`);
  return `${facts.join(", ")}${description === null ? "" : `: ${description}`}`;
}
