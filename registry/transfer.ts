import { type Artifact, parseConfig, parseManifest } from "./artifact.ts";
import { type ClientOptions, RegistryClient } from "./client/client.ts";
import { checkDigest, sha256 } from "./digest.ts";
import { RegistryFailure } from "./errors.ts";
import { formatReference, type Reference } from "./reference.ts";
import type { Store, StoredModule } from "./store/store.ts";

/** Publishes a module under the reference's tag, or under its digest when there is no tag. */
export async function pushArtifact(
  artifact: Artifact,
  reference: Reference,
  options: ClientOptions,
): Promise<void> {
  const { tag, digest } = reference;
  if (digest !== undefined) checkDigest(artifact.manifest, digest, "the file");
  using client = new RegistryClient(reference, options);
  await client.putBlob(artifact.wasm);
  await client.putBlob(artifact.config);
  await client.putManifest(artifact.manifest, tag ?? artifact.digest);
}

/** Fetches a module, checking every byte. With tag and digest, the tag must lead to the digest. */
export async function fetchArtifact(reference: Reference, options: ClientOptions): Promise<StoredModule> {
  const where = formatReference(reference);
  using client = new RegistryClient(reference, options);
  const manifest = await client.getManifest(reference.tag ?? reference.digest ?? "");
  const digest = sha256(manifest);
  if (reference.digest !== undefined && reference.digest !== digest) {
    throw new RegistryFailure("digestMismatch", `${where}: the tag leads to ${digest}`);
  }
  const { config: configAt, layer } = parseManifest(manifest, where);
  const config = await client.getBlob(configAt);
  const shape = parseConfig(config, layer.digest, where);
  return { digest, manifest, config, shape, wasm: await client.getBlob(layer) };
}

/** Has a module in the store, sound and under this reference. No registry is asked for a digest that is there. */
export async function pullInto(
  store: Store,
  reference: Reference,
  options: ClientOptions,
): Promise<StoredModule> {
  const present = reference.digest && (await findSound(store, reference.digest));
  const module = present ?? (await fetchArtifact(reference, options));
  await store.put(module, reference);
  return module;
}

/** A damaged module is as good as none: it's fetched again. */
export async function findSound(store: Store, digest: string): Promise<StoredModule | undefined> {
  try {
    return await store.findModule(digest);
  } catch (error) {
    if (error instanceof RegistryFailure && error.kind === "damagedStore") return undefined;
    throw error;
  }
}
