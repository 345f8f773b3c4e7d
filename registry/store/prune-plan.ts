import type { Digest } from "../digest.ts";
import type { BlobFile } from "./blob-folder.ts";
import type { Contents } from "./contents.ts";
import { findTaggedDigest, isDigestTagged } from "../artifact/digest-tag.ts";
import type { LayoutEntry } from "./layout.ts";

/** What must stay, whatever else goes. */
export interface Needs {
  readonly digests: ReadonlySet<Digest>;
  /** Of configurations that name a tag. */
  readonly references: ReadonlySet<string>;
  /** Whether what has a tag stays, too. */
  readonly tagged: boolean;
  /** What was put at this time or later stays, too. */
  readonly sinceMs: number;
  /** What no entry names and was put at this time or later stays: another program may be about to name it. */
  readonly unnamedSinceMs: number;
}

export interface PrunePlan {
  /** Manifests that stay, and those that go. */
  readonly kept: ReadonlySet<Digest>;
  readonly removed: ReadonlySet<Digest>;
  readonly blobs: readonly BlobFile[];
}

/** Which manifests and blobs nobody needs. What refers to a manifest stays and goes with it. */
export function planPrune(contents: Contents, needs: Needs): PrunePlan {
  const { entries, manifestByDigest, foreign, blobs } = contents;
  const modifiedMs = new Map(blobs.map((blob) => [blob.digest, blob.modifiedMs]));
  const needed = entries.filter((entry) => isNeeded(entry, needs, modifiedMs.get(entry.digest)));
  const kept = new Set([...needs.digests, ...needed.map(({ digest }) => digest)]);
  for (let size = -1; size !== kept.size;) {
    size = kept.size;
    for (const entry of entries) if (belongsToAny(entry, kept, manifestByDigest)) kept.add(entry.digest);
    for (const digest of kept)
      for (const child of manifestByDigest.get(digest)?.manifests ?? []) kept.add(child.digest);
  }
  const removed = new Set(entries.map(({ digest }) => digest).filter((digest) => !kept.has(digest)));
  const going = new Set([...removed].flatMap((digest) => listBlobs(digest, manifestByDigest)));
  const mentioned = new Set([
    ...foreign,
    ...[...kept].flatMap((digest) => listBlobs(digest, manifestByDigest)),
  ]);
  const isUnneeded = ({ digest, modifiedMs: putMs }: BlobFile) =>
    !mentioned.has(digest) && (going.has(digest) || putMs < needs.unnamedSinceMs);
  return { kept, removed, blobs: blobs.filter(isUnneeded) };
}

function isNeeded({ digest, reference }: LayoutEntry, needs: Needs, putMs: number | undefined): boolean {
  if (needs.digests.has(digest) || (putMs ?? 0) >= needs.sinceMs) return true;
  if (reference === undefined) return false;
  return needs.references.has(reference) || (needs.tagged && isTagged(reference));
}

function isTagged(reference: string): boolean {
  return !reference.includes("@") && !isDigestTagged(reference);
}

function belongsToAny(
  { digest, reference = "", subject: said }: LayoutEntry,
  kept: ReadonlySet<Digest>,
  manifestByDigest: Contents["manifestByDigest"],
): boolean {
  const subject = manifestByDigest.get(digest)?.subject?.digest ?? said ?? undefined;
  if (subject !== undefined && kept.has(subject)) return true;
  const about = findTaggedDigest(reference);
  return about !== undefined && kept.has(about);
}

function listBlobs(digest: Digest, manifestByDigest: Contents["manifestByDigest"]): Digest[] {
  return [digest, ...(manifestByDigest.get(digest)?.blobs ?? []).map((blob) => blob.digest)];
}
