import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import type { ModuleMetadata } from "../../core/metadata/metadata.ts";
import { parseConfig, parseManifest } from "../artifact.ts";
import type { Digest } from "../digest.ts";
import { findGolden, findReadme } from "../document.ts";
import { RegistryFailure } from "../errors.ts";
import type { ArtifactReader } from "../reader.ts";
import { listSignatures } from "../trust/collect.ts";
import type { BadSignature, Signature } from "../trust/signature.ts";

/** A module and what lies beside it in its repository. All of it is its author's word. */
export interface ModuleContents {
  readonly component: Uint8Array;
  /** As the component itself has it. Absent: it says nothing that can be used. */
  readonly metadata: ModuleMetadata | undefined;
  readonly readme: string | undefined;
  /** JSON, if it's honest. */
  readonly golden: string | undefined;
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
    component,
    metadata: readEmbeddedMetadata(component).metadata,
    readme: await findReadme(reader, digest),
    golden: await findGolden(reader, digest),
    signatures: await listSignatures(reader, digest),
  };
}
