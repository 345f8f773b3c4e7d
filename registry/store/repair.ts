import { stat } from "node:fs/promises";
import { unlessMissing } from "../../core/missing.ts";
import { MAX_JSON_BYTES } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { BlobFolder } from "./blob-folder.ts";
import { readContents } from "./contents.ts";
import { planPaths, prepareFolders } from "./folder.ts";
import { IndexFile } from "./index-file.ts";
import { EMPTY_INDEX, type LayoutIndex, planEntry } from "./layout.ts";
import { namingStore } from "./naming.ts";
import { findNamed } from "./named-manifest.ts";

export interface Repaired {
  readonly checkedFiles: number;
  /** Whether the index could be read. */
  readonly isIndexSound: boolean;
  /** Manifests that the index didn't name and does now. */
  readonly added: readonly Digest[];
  readonly damaged: readonly LostBlob[];
  /** Named by entries or their manifests, and not there. */
  readonly missing: readonly LostBlob[];
}

export interface LostBlob {
  readonly file: string;
  readonly digest: Digest;
  /** Names of the artifacts that it belongs to; empty when none is known. */
  readonly references: readonly string[];
}

export interface RepairOptions {
  /** Names for manifests that have lost theirs. */
  readonly referenceByDigest: ReadonlyMap<Digest, string>;
  readonly signal: AbortSignal;
}

/**
 * Checks every blob, and has every sound manifest in the index: of one that can't be read, the copy gives the names, and
 * the blobs what is missing. Damaged blobs stay where they are: what replaces them, and what is missing, is a pull.
 */
export function repairStore(folder: string, { referenceByDigest, signal }: RepairOptions): Promise<Repaired> {
  const paths = planPaths(folder);
  const [blobs, index] = [new BlobFolder(paths.blobs, paths.temp), new IndexFile(paths)];
  return namingStore(folder, async () => {
    if ((await unlessMissing(stat(folder))) === undefined)
      return { checkedFiles: 0, isIndexSound: true, added: [], damaged: [], missing: [] };
    await prepareFolders(paths);
    const { sound, damaged } = await checkBlobs(blobs, signal);
    return await index.locked(async () => {
      const { found, isIndexSound } = await readOrCopy(index);
      const { next, added } = await addMissing(found, { sound, blobs, referenceByDigest });
      if (!isIndexSound || added.length > 0) await index.write(next);
      const parts = await listParts(next, blobs);
      const toLost = (digest: Digest): LostBlob => ({
        file: blobs.fileOf(digest),
        digest,
        references: parts.flatMap((part) => (part.digest === digest ? (part.owner ?? []) : [])),
      });
      const there = new Set((await blobs.list()).map(({ digest }) => digest));
      const named = new Set(parts.map(({ digest }) => digest));
      return {
        checkedFiles: sound.length + damaged.length,
        isIndexSound,
        added,
        damaged: damaged.map(toLost),
        missing: [...named].filter((digest) => !there.has(digest)).map(toLost),
      };
    });
  });
}

async function checkBlobs(blobs: BlobFolder, signal: AbortSignal) {
  const [sound, damaged]: [Digest[], Digest[]] = [[], []];
  for (const { digest } of await blobs.list()) {
    signal.throwIfAborted();
    const isSound = await unlessMissing(blobs.isSound(digest)); // who prunes may have removed it
    if (isSound !== undefined) (isSound ? sound : damaged).push(digest);
  }
  return { sound, damaged };
}

async function readOrCopy(index: IndexFile): Promise<{ found: LayoutIndex; isIndexSound: boolean }> {
  try {
    return { found: await index.read(), isIndexSound: true };
  } catch (error) {
    if (!(error instanceof RegistryFailure) || error.kind !== "damagedStore") throw error;
    return { found: (await index.findCopy()) ?? EMPTY_INDEX, isIndexSound: false };
  }
}

interface Missing extends Pick<RepairOptions, "referenceByDigest"> {
  readonly sound: readonly Digest[];
  readonly blobs: BlobFolder;
}

async function addMissing(found: LayoutIndex, { sound, blobs, referenceByDigest }: Missing) {
  const { entries, manifestByDigest } = await readContents(found, blobs, []);
  const listed = [...manifestByDigest.values()].flatMap(({ manifests }) => manifests);
  const known = new Set([...entries, ...listed].map(({ digest }) => digest));
  let next = found;
  const added: Digest[] = [];
  for (const digest of sound.filter((each) => !known.has(each))) {
    const bytes = await blobs.findSound(digest, MAX_JSON_BYTES);
    const manifest = bytes && findNamed(bytes);
    if (manifest === undefined) continue;
    next = planEntry(next, referenceByDigest.get(digest), manifest);
    added.push(digest);
  }
  return { next, added };
}

interface Part {
  readonly digest: Digest;
  /** The name of what it belongs to. */
  readonly owner: string | undefined;
}

/** What entries and their manifests name. What an index lists need not be there: other tools leave some of it out. */
async function listParts(index: LayoutIndex, blobs: BlobFolder): Promise<readonly Part[]> {
  const { entries, manifestByDigest } = await readContents(index, blobs, []);
  return entries.flatMap(({ digest, reference, subject }) => {
    const owner = reference ?? entries.find((other) => other.digest === subject)?.reference;
    const own = manifestByDigest.get(digest)?.blobs ?? [];
    return [digest, ...own.map((blob) => blob.digest)].map((part) => ({ digest: part, owner }));
  });
}
