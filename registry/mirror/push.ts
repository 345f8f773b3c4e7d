import type { RegistryClient } from "../client/client.ts";
import type { Collection } from "../collect.ts";
import { pushReferrer } from "../transfer.ts";
import type { PlainArtifact } from "../artifact/referrer.ts";

/**
 * Has an artifact and all that belongs to it in a repository, byte for byte. Its tag comes last: it never leads to an
 * artifact without its signatures.
 */
export async function pushCollection(
  client: RegistryClient,
  { root, referrers, tagged }: Collection,
  tag: string | undefined,
): Promise<void> {
  await pushPlain(client, root, root.digest);
  for (const each of referrers) await pushReferrer(client, each);
  for (const each of tagged) await pushPlain(client, each, each.tag);
  if (tag !== undefined) await client.putManifest(root.manifest, tag);
}

async function pushPlain(
  client: RegistryClient,
  { blobs, manifest }: PlainArtifact,
  name: string,
): Promise<void> {
  for (const bytes of blobs) await client.putBlob(bytes);
  await client.putManifest(manifest, name);
}
