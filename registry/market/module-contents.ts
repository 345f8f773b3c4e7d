import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { BinaryError } from "../../core/wasm/binary.ts";
import { inspectComponent } from "../../core/wasm/component.ts";
import type { GoldenCase } from "../../core/golden/case.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { parseConfig, parseManifest } from "../artifact/artifact.ts";
import { type Benchmark, findBenchmark } from "../artifact/benchmark.ts";
import type { Digest } from "../digest.ts";
import { findDocument, findGolden, findReadme } from "../artifact/document.ts";
import { RegistryFailure } from "../errors.ts";
import { findKind } from "../artifact/module-kind.ts";
import type { ArtifactReader } from "../reader.ts";
import { readGoldenCases } from "./golden-view.ts";
import { listSignatures } from "../trust/collect.ts";
import type { BadSignature, Signature } from "../trust/signature.ts";

/** A module and what lies beside it in its repository. All of it is its author's word. */
export interface ModuleContents {
  readonly manifest: Uint8Array;
  readonly component: Uint8Array;
  /** Undefined for a component that is neither. */
  readonly kind: ModuleKind | undefined;
  /** As the component itself has it. Absent: it says nothing that can be used. */
  readonly metadata: ModuleMetadata | undefined;
  readonly readme: string | undefined;
  readonly cases: readonly GoldenCase[];
  readonly benchmark: Benchmark | undefined;
  readonly signatures: readonly (Signature | BadSignature)[];
}

/** Every byte is checked against the digest. @throws {RegistryFailure} */
export async function readContents(
  reader: ArtifactReader,
  digest: Digest,
  where: string,
): Promise<ModuleContents> {
  const manifest = await reader.findManifest(digest);
  if (manifest === undefined) throw new RegistryFailure("notFound", `${where} is not there`);
  const { config, layer } = parseManifest(manifest, where);
  parseConfig(await reader.getBlob(config), layer.digest, where);
  const component = await reader.getBlob(layer);
  return {
    manifest,
    component,
    kind: findKindOf(component, where),
    metadata: readEmbeddedMetadata(component).metadata,
    readme: await findReadme(reader, digest),
    cases: readGoldenCases((await findGolden(reader, digest)) ?? "[]"),
    benchmark: await readBenchmark(reader, digest),
    signatures: await listSignatures(reader, digest),
  };
}

async function readBenchmark(reader: ArtifactReader, digest: Digest): Promise<Benchmark | undefined> {
  const text = await findDocument(reader, digest, "benchmark");
  return text === undefined ? undefined : findBenchmark(text);
}

function findKindOf(component: Uint8Array, where: string): ModuleKind | undefined {
  try {
    return findKind(inspectComponent(component).exports);
  } catch (cause) {
    if (!(cause instanceof BinaryError)) throw cause;
    throw new RegistryFailure("notModule", `${where} ${cause.message}`, { cause });
  }
}
