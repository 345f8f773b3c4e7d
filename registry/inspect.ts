import { readEmbeddedMetadata } from "../core/metadata/embedded.ts";
import type { ModuleMetadata } from "../core/metadata/metadata.ts";
import type { ModuleKind } from "../core/select/request.ts";
import type { ComponentShape } from "../core/wasm/component.ts";
import type { Annotations } from "./artifact/annotations.ts";
import { type Benchmark, findBenchmark } from "./artifact/benchmark.ts";
import { type ClientOptions, RegistryClient } from "./client/client.ts";
import type { Digest } from "./digest.ts";
import { findDocument } from "./artifact/document.ts";
import { parseAnyManifest } from "./artifact/manifest.ts";
import { listAnnotationFaults } from "./artifact/module-annotations.ts";
import { findKind, findWorld } from "./artifact/module-kind.ts";
import type { Referrer } from "./reader.ts";
import { formatReference, type Reference } from "./reference.ts";
import { fetchArtifact } from "./transfer.ts";
import { listSignatures } from "./trust/collect.ts";
import type { BadSignature, Signature } from "./trust/signature.ts";

/** What a registry has of a module, looked at and not run. */
export interface Inspection {
  readonly digest: Digest;
  readonly kind: ModuleKind | undefined;
  readonly world: string | undefined;
  readonly sizeBytes: number;
  readonly shape: ComponentShape;
  /** What the binary says, which counts; undefined when it says nothing that can be used. */
  readonly metadata: ModuleMetadata | undefined;
  /** What its manifest says. */
  readonly annotations: Annotations;
  /** Where the two disagree, and what of the metadata can't be used; sentences. */
  readonly faults: readonly string[];
  /** Nothing of them is verified here. */
  readonly signatures: readonly (Signature | BadSignature)[];
  readonly referrers: readonly Referrer[];
  readonly benchmark: Benchmark | undefined;
}

/** @throws {RegistryFailure} as fetchArtifact */
export async function inspectModule(reference: Reference, options: ClientOptions): Promise<Inspection> {
  const { wasm, manifest, digest, shape } = await fetchArtifact(reference, options);
  using client = new RegistryClient(reference, options);
  const [signatures, referrers, benchmark] = await Promise.all([
    listSignatures(client, digest),
    client.listReferrers(digest),
    findDocument(client, digest, "benchmark"),
  ]);
  const { annotations } = parseAnyManifest(manifest, formatReference(reference));
  const { metadata, faults } = readEmbeddedMetadata(wasm);
  return {
    digest,
    kind: findKind(shape.exports),
    world: findWorld(shape.exports),
    sizeBytes: wasm.byteLength,
    shape,
    metadata,
    annotations,
    faults: [
      ...faults.map((fault) => `what it says of itself can't be used: ${fault}`),
      ...listAnnotationFaults(annotations, wasm),
    ],
    signatures,
    referrers,
    benchmark: benchmark === undefined ? undefined : findBenchmark(benchmark),
  };
}
