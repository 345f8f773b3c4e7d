import { readdir, rm, stat } from "node:fs/promises";
import path from "node:path";
import { findErrno } from "../../core/errors.ts";
import { unlessMissing } from "../../core/missing.ts";
import { type Digest, hexOf } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { BlobFolder } from "./blob-folder.ts";
import { type Contents, readContents } from "./contents.ts";
import { planPaths, prepareFolders, type StorePaths } from "./folder.ts";
import { FULL, IndexFile } from "./index-file.ts";
import { type LayoutIndex, planRemoval } from "./layout.ts";
import { namingStore } from "./naming.ts";
import { type Needs, planPrune, type PrunePlan } from "./prune-plan.ts";

export interface Pruned {
  readonly artifacts: readonly PrunedArtifact[];
  /** Manifests that stay. */
  readonly kept: number;
  readonly files: number;
  readonly freedBytes: number;
}

export interface PrunedArtifact {
  readonly digest: Digest;
  readonly references: readonly string[];
  readonly artifactType: string | undefined;
  /** Of its manifest and the blobs that go with it. */
  readonly sizeBytes: number;
}

/** `<hex>-<versions>`, as prepared modules are named. */
const PREPARED = /^([a-f0-9]{64})-/;

/**
 * Removes what nobody needs: from the index first, so that a crash leaves only files that the next call removes; on a
 * full disk, where no index can be written, the files first. Safe beside a pull: under the lock, and a writer looks
 * again for its blobs before it names them.
 * @throws {RegistryFailure} damagedStore when something that stays can't be read: nobody knows what belongs to it.
 */
export function pruneStore(folder: string, needs: Needs, { dryRun }: { dryRun: boolean }): Promise<Pruned> {
  const paths = planPaths(folder);
  const store = { paths, blobs: new BlobFolder(paths.blobs, paths.temp), index: new IndexFile(paths) };
  return namingStore(folder, async () => {
    if (dryRun) return toPruned(await look(store, needs));
    if ((await unlessMissing(stat(folder))) === undefined) return NOTHING;
    await prepareFolders(paths);
    return await store.index.locked(async () => {
      const seen = await look(store, needs);
      await remove(store, seen);
      return toPruned(seen);
    });
  });
}

const NOTHING: Pruned = { artifacts: [], kept: 0, files: 0, freedBytes: 0 };

interface StoreParts {
  readonly paths: StorePaths;
  readonly blobs: BlobFolder;
  readonly index: IndexFile;
}

interface Seen {
  readonly found: LayoutIndex;
  readonly contents: Contents;
  readonly plan: PrunePlan;
  readonly prepared: readonly PreparedFile[];
}

async function look({ paths, blobs, index }: StoreParts, needs: Needs): Promise<Seen> {
  const found = await index.read();
  const contents = await readContents(found, blobs, [...needs.digests]);
  const plan = planPrune(contents, needs);
  const onDisk = new Set(contents.blobs.map(({ digest }) => digest));
  const unread = [...plan.kept].find(
    (digest) => onDisk.has(digest) && !contents.manifestByDigest.has(digest),
  );
  if (unread === undefined) return { found, contents, plan, prepared: await listPrepared(paths, plan) };
  throw new RegistryFailure("damagedStore", `the manifest ${unread} in ${paths.folder} can't be read`, {
    todo: "pull its module again first: nothing was removed",
  });
}

async function remove({ blobs, index }: StoreParts, { found, plan, prepared }: Seen): Promise<void> {
  for (const { file } of prepared) await rm(file, { force: true });
  const blobsByIsManifest = Map.groupBy(plan.blobs, ({ digest }) => plan.removed.has(digest));
  const removeAll = async (isManifest: boolean) => {
    for (const { digest } of blobsByIsManifest.get(isManifest) ?? []) await blobs.remove(digest);
  };
  const writeIndex = () => index.write(planRemoval(found, plan.removed));
  try {
    if (plan.removed.size > 0) await writeIndex();
    await removeAll(true); // a manifest without its blobs would look like damage
    await removeAll(false);
  } catch (error) {
    if (!FULL.includes(findErrno(error) ?? "")) throw error;
    await removeAll(true); // there is no room for a new index until something is gone
    await removeAll(false);
    await writeIndex();
  }
}

interface PreparedFile {
  readonly file: string;
  readonly sizeBytes: number;
}

/** What was made of modules that go, or are gone. */
async function listPrepared({ prepared }: StorePaths, { kept }: PrunePlan): Promise<PreparedFile[]> {
  const keptHex = new Set([...kept].map(hexOf));
  const files: PreparedFile[] = [];
  for (const name of (await unlessMissing(readdir(prepared))) ?? []) {
    const hex = PREPARED.exec(name)?.[1];
    if (hex === undefined || keptHex.has(hex)) continue;
    const file = path.join(prepared, name);
    const found = await unlessMissing(stat(file));
    if (found?.isFile() === true) files.push({ file, sizeBytes: found.size });
  }
  return files;
}

function toPruned({ plan: { removed, kept, blobs }, contents, prepared }: Seen): Pruned {
  const sizeByDigest = new Map(blobs.map(({ digest, sizeBytes }) => [digest, sizeBytes]));
  const artifacts = [...removed].map((digest) => {
    const manifest = contents.manifestByDigest.get(digest);
    const own = [digest, ...(manifest?.blobs ?? []).map((blob) => blob.digest)];
    return {
      digest,
      references: contents.entries.flatMap((entry) =>
        entry.digest === digest ? (entry.reference ?? []) : [],
      ),
      artifactType: manifest?.artifactType,
      sizeBytes: sum(own.map((blob) => sizeByDigest.get(blob) ?? 0)),
    };
  });
  const gone = [...blobs, ...prepared].map(({ sizeBytes }) => sizeBytes);
  const there = [...kept].filter((digest) => contents.manifestByDigest.has(digest));
  return { artifacts, kept: there.length, files: gone.length, freedBytes: sum(gone) };
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}
