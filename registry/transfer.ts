import { type Artifact, type Descriptor, MEDIA_TYPE, parseConfig, parseManifest } from "./artifact.ts";
import { type ClientOptions, RegistryClient } from "./client/client.ts";
import { checkDigest, sha256 } from "./digest.ts";
import { toDescriptor } from "./descriptor.ts";
import { findDocument, type ModuleDocument, planDocument } from "./document.ts";
import { RegistryFailure } from "./errors.ts";
import { formatReference, type Reference } from "./reference.ts";
import type { PlainArtifact } from "./referrer.ts";
import type { Store, StoredModule } from "./store/store.ts";

export interface PushOptions extends ClientOptions {
  /** What is to lie beside the module. */
  readonly documents?: readonly ModuleDocument[];
}

/**
 * Publishes a module under the reference's tag, or under its digest when there is no tag. The tag comes last: it never
 * leads to a module that lacks its documents.
 */
export async function pushArtifact(
  artifact: Artifact,
  reference: Reference,
  { documents = [], ...options }: PushOptions,
): Promise<void> {
  const { manifest } = artifact;
  const { tag, digest } = reference;
  if (digest !== undefined) checkDigest(manifest, digest, "the file");
  using client = new RegistryClient(reference, options);
  await client.putBlob(artifact.wasm);
  await client.putBlob(artifact.config);
  if (documents.length > 0 || tag === undefined) await client.putManifest(manifest, artifact.digest);
  for (const document of documents) {
    await pushDocument(client, toDescriptor(MEDIA_TYPE.manifest, manifest), document);
  }
  if (tag !== undefined) await client.putManifest(manifest, tag);
}

/** Has a document beside the manifest that it is about; nothing is sent when it is the one that readers see already. */
async function pushDocument(
  client: RegistryClient,
  subject: Descriptor,
  document: ModuleDocument,
): Promise<void> {
  const present = await findDocument(client, subject.digest, document.kind);
  if (present !== undefined && Buffer.from(present).equals(document.bytes)) return;
  await pushReferrer(client, planDocument(document, subject, present === undefined ? undefined : new Date()));
}

/** Stores what refers to another manifest: its blobs first. */
export async function pushReferrer(
  client: RegistryClient,
  { manifest, blobs }: PlainArtifact,
): Promise<void> {
  for (const bytes of blobs) await client.putBlob(bytes);
  await client.putReferrer(manifest);
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
