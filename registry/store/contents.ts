import { MAX_JSON_BYTES } from "../artifact/artifact.ts";
import { type Digest, isDigest } from "../digest.ts";
import { type AnyManifest, findAnyManifest } from "../artifact/manifest.ts";
import type { BlobFile, BlobFolder } from "./blob-folder.ts";
import { type LayoutEntry, type LayoutIndex, listEntries, listForeignDigests } from "./layout.ts";

/** What lies in a store at one moment. */
export interface Contents {
  readonly entries: readonly LayoutEntry[];
  /** Of the entries, of what is asked for beside them, and of what indexes list, as far as they can be read. */
  readonly manifestByDigest: ReadonlyMap<Digest, AnyManifest>;
  /** What entries of other tools mention, whatever it is. */
  readonly foreign: ReadonlySet<Digest>;
  readonly blobs: readonly BlobFile[];
}

/** An index of docker lists manifests, which list layers. */
const MAX_FOREIGN_DEPTH = 3;
const ANY_DIGEST = /sha256:[a-f0-9]{64}/g;

/** @param more manifests that matter though no entry may name them. */
export async function readContents(
  index: LayoutIndex,
  blobs: BlobFolder,
  more: readonly Digest[],
): Promise<Contents> {
  const entries = listEntries(index);
  const manifestByDigest = new Map<Digest, AnyManifest>();
  const queue = [...more, ...entries.map(({ digest }) => digest)];
  for (let digest = queue.pop(); digest !== undefined; digest = queue.pop()) {
    const manifest = manifestByDigest.has(digest) ? undefined : await findManifest(digest, blobs);
    if (manifest === undefined) continue;
    manifestByDigest.set(digest, manifest);
    queue.push(...manifest.manifests.map((child) => child.digest));
  }
  const foreign = new Set<Digest>();
  for (const digest of listForeignDigests(index)) await addMentioned(digest, { foreign, blobs, depth: 0 });
  return { entries, manifestByDigest, foreign, blobs: await blobs.list() };
}

/** Undefined also for one that is damaged or no manifest. */
async function findManifest(digest: Digest, blobs: BlobFolder): Promise<AnyManifest | undefined> {
  const bytes = await blobs.findSound(digest, MAX_JSON_BYTES);
  return bytes && findAnyManifest(bytes);
}

interface Mentions {
  readonly foreign: Set<Digest>;
  readonly blobs: BlobFolder;
  readonly depth: number;
}

async function addMentioned(digest: Digest, { foreign, blobs, depth }: Mentions): Promise<void> {
  if (foreign.has(digest)) return;
  foreign.add(digest);
  const bytes = depth < MAX_FOREIGN_DEPTH ? await blobs.findSound(digest, MAX_JSON_BYTES) : undefined;
  for (const mentioned of new Set(bytes?.toString("latin1").match(ANY_DIGEST)))
    if (isDigest(mentioned)) await addMentioned(mentioned, { foreign, blobs, depth: depth + 1 });
}
