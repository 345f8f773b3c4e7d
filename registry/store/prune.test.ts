import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { type Artifact, MEDIA_TYPE, planArtifact } from "../artifact/artifact.ts";
import { toDescriptor } from "../artifact/descriptor.ts";
import { type Digest, hexOf, sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { pruneStore } from "./prune.ts";
import type { Needs } from "./prune-plan.ts";
import { openStore, type Store } from "./store.ts";

const component = await makeComponent(SCORER);
/** Everything in these stores is older than that, but for what a test touches. */
const OLD = new Date(1_000_000);
const SINCE_MS = 2_000_000;

let folder: string;
let store: Store;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-prune-"));
  store = openStore(folder);
});
afterEach(() => rm(folder, { recursive: true }));

const make = (note: string) => planArtifact(addNote(component, note), { created: new Date(0) });
const blobs = path.join("blobs", "sha256");
const fileOf = (digest: Digest) => path.join(folder, blobs, hexOf(digest));
const listBlobs = async () => (await readdir(path.join(folder, blobs))).toSorted();
const listDigests = async () => (await store.listEntries()).map(({ digest }) => digest).toSorted();
const partsOf = (each: Artifact | Uint8Array) =>
  "wasm" in each ? [each.manifest, each.config, each.wasm] : [each];
const hexesOf = (...all: readonly (Artifact | Uint8Array)[]) =>
  [...new Set(all.flatMap(partsOf).map((bytes) => hexOf(sha256(bytes))))].toSorted();

async function age(): Promise<void> {
  for (const name of await readdir(path.join(folder, blobs)))
    await utimes(path.join(folder, blobs, name), OLD, OLD);
}

function prune(needs: Partial<Needs> = {}, options = { dryRun: false }) {
  const nothing = { digests: new Set<Digest>(), references: new Set<string>() };
  return pruneStore(
    folder,
    { ...nothing, tagged: false, sinceMs: SINCE_MS, unnamedSinceMs: SINCE_MS, ...needs },
    options,
  );
}

test("what is pinned stays, with what refers to it; the rest goes, with what refers to that", async () => {
  const [pinned, other] = [make("pinned"), make("other")];
  await store.put(pinned, parseReference(`r.example/a@${pinned.digest}`));
  await store.put(other, parseReference("r.example/b:1"));
  const readme = (of: Artifact) =>
    makeReferrer({ subject: { bytes: of.manifest }, artifactType: "a/readme", layer: `of ${of.digest}` });
  const sigOf = (of: Artifact) => makeReferrer({ artifactType: "a/sig", layer: `sig of ${of.digest}` });
  for (const [each, repository] of [
    [pinned, "a"],
    [other, "b"],
  ] as const) {
    await store.putArtifact(readme(each));
    const sigTag = `sha256-${hexOf(each.digest)}.sig`;
    await store.putArtifact(sigOf(each), parseReference(`r.example/${repository}:${sigTag}`));
  }
  await age();
  const needs = { digests: new Set([pinned.digest]) };
  const before = await listBlobs();
  const planned = await prune(needs, { dryRun: true });
  expect(await listBlobs()).toEqual(before);
  const pruned = await prune(needs);
  expect(pruned).toEqual(planned);
  expect(pruned.artifacts).toHaveLength(3);
  expect(pruned.artifacts[0]).toMatchObject({
    digest: other.digest,
    references: ["r.example/b:1"],
    artifactType: "application/vnd.wasm.config.v0+json",
  });
  expect(pruned).toMatchObject({ kept: 3, files: 7 });
  const [kept, sig] = [readme(pinned), sigOf(pinned)];
  expect(await listBlobs()).toEqual(
    hexesOf(pinned, kept.manifest, ...kept.blobs, sig.manifest, ...sig.blobs),
  );
  expect(await listDigests()).toEqual([pinned.digest]);
  expect(await store.reader(parseReference("r.example/a:1")).listReferrers(pinned.digest)).toHaveLength(1);
  expect(await prune(needs)).toMatchObject({ artifacts: [], files: 0, freedBytes: 0 });
});

test("blobs that what stays shares with what goes stay", async () => {
  const module = make("one");
  const later = planArtifact(module.wasm, { created: new Date(1) });
  await store.put(module, parseReference(`r.example/a@${module.digest}`));
  await store.put(later, parseReference(`r.example/a@${later.digest}`));
  await age();
  await prune({ digests: new Set([later.digest]) });
  expect(await store.findModule(later.digest)).toBeDefined();
  expect(await listBlobs()).toEqual(hexesOf(later));
});

test("what has a tag stays when that is wanted, and goes when its tag moves on", async () => {
  const [first, second] = [make("first"), make("second")];
  for (const each of [first, second]) await store.put(each, parseReference("r.example/a:1"));
  await age();
  await prune({ tagged: true });
  expect(await listDigests()).toEqual([second.digest]);
  await prune({ references: new Set(["r.example/a:1"]) });
  expect(await listDigests()).toEqual([second.digest]);
  await prune();
  expect(await listBlobs()).toEqual([]);
});

test("what an index lists stays with the index, and goes with it", async () => {
  const [listed, other] = [make("listed"), make("other")];
  for (const each of [listed, other]) await store.put(each, parseReference(`r.example/a@${each.digest}`));
  const manifests = [toDescriptor(MEDIA_TYPE.manifest, listed.manifest)];
  const index = Buffer.from(JSON.stringify({ schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests }));
  await store.putArtifact({ manifest: index, blobs: [] }, parseReference("r.example/a:all"));
  await age();
  await prune({ references: new Set(["r.example/a:all"]) });
  expect(await listDigests()).toEqual([listed.digest]);
  expect(await listBlobs()).toEqual(hexesOf(listed, index));
  await prune();
  expect(await listBlobs()).toEqual([]);
});

test("what was put lately stays, also when it was there before", async () => {
  const module = make("one");
  await store.put(module, parseReference(`r.example/a@${module.digest}`));
  await age();
  await store.put(module, parseReference(`r.example/a@${module.digest}`));
  expect(await prune()).toMatchObject({ artifacts: [], files: 0 });
  expect(await store.findModule(module.digest)).toBeDefined();
});

test("what is pinned stays though no entry names it, and blobs that nobody names go by age", async () => {
  const [pinned, lost] = [make("pinned"), make("lost")];
  for (const each of [pinned, lost]) await store.put(each, parseReference(`r.example/a@${each.digest}`));
  await writeFile(path.join(folder, "index.json"), '{"schemaVersion":2,"manifests":[]}');
  expect(await prune({ digests: new Set([pinned.digest]) })).toMatchObject({ files: 0 });
  await age();
  expect(await prune({ digests: new Set([pinned.digest]) })).toMatchObject({ files: 3, artifacts: [] });
  expect(await listBlobs()).toEqual(hexesOf(pinned));
});

test("what was made of a module goes with it, and nothing else in that folder", async () => {
  const [pinned, other] = [make("pinned"), make("other")];
  for (const each of [pinned, other]) await store.put(each, parseReference(`r.example/a@${each.digest}`));
  const prepared = path.join(folder, ".prepared");
  await mkdir(prepared);
  const names = [`${hexOf(pinned.digest)}-check1`, `${hexOf(other.digest)}-check1`, "mine.txt"];
  for (const name of names) await writeFile(path.join(prepared, name), "12345");
  await age();
  const { freedBytes, files } = await prune({ digests: new Set([pinned.digest]) });
  expect(new Set(await readdir(prepared))).toEqual(new Set([names[0], names[2]]));
  expect(files).toBe(4);
  expect(freedBytes).toBe(5 + other.manifest.byteLength + other.config.byteLength + other.wasm.byteLength);
});

test("entries of kinds that we don't know stay, with all that they mention", async () => {
  const module = make("one");
  await store.put(module, parseReference("r.example/a:1"));
  const layer = Buffer.from("a layer of docker");
  const image = Buffer.from(JSON.stringify({ layers: [{ digest: sha256(layer) }] }));
  const list = Buffer.from(JSON.stringify({ manifests: [{ digest: sha256(image) }] }));
  for (const bytes of [layer, image, list]) await writeFile(fileOf(sha256(bytes)), bytes);
  const foreign = { mediaType: "application/vnd.docker.x", digest: sha256(list), size: list.length };
  const index = { schemaVersion: 2, manifests: [foreign, { mediaType: "a/b", digest: "sha512:x" }] };
  await writeFile(path.join(folder, "index.json"), JSON.stringify(index));
  await age();
  await prune();
  expect(await listBlobs()).toEqual(hexesOf(layer, image, list));
  expect(JSON.parse(await readFile(path.join(folder, "index.json"), "utf8"))).toEqual(index);
});

test("nothing goes while something that stays can't be read, or the index can't", async () => {
  const [pinned, other] = [make("pinned"), make("other")];
  for (const each of [pinned, other]) await store.put(each, parseReference(`r.example/a@${each.digest}`));
  await age();
  await writeFile(fileOf(pinned.digest), "{}");
  const before = await listBlobs();
  await expect(prune({ digests: new Set([pinned.digest]) })).rejects.toMatchObject({
    kind: "damagedStore",
    todo: expect.stringContaining("nothing was removed"),
  });
  await writeFile(path.join(folder, "index.json"), "");
  await expect(prune()).rejects.toMatchObject({ kind: "damagedStore" });
  expect(await listBlobs()).toEqual(before);
});

test("a store that isn't there is left so", async () => {
  await rm(folder, { recursive: true });
  expect(await prune()).toMatchObject({ artifacts: [], files: 0 });
  await expect(readdir(folder)).rejects.toMatchObject({ code: "ENOENT" });
  await mkdir(folder);
});

test("beside writers, whatever they have put is there whole", async () => {
  const until = performance.now() + 2_000;
  let isWriting = true;
  const written: Digest[] = [];
  const write = async (name: string) => {
    for (let turn = 0; performance.now() < until; turn++) {
      const module = make(`${name} ${turn % 4}`); // the same blobs come and go
      await store.put(module, parseReference(`r.example/${name}:${turn}`));
      written.push(module.digest);
    }
  };
  const clean = async () => {
    const everything = { sinceMs: Infinity, unnamedSinceMs: Infinity };
    let pruned = 0;
    while (isWriting) {
      pruned += (await prune(everything)).artifacts.length;
      await sleep(20); // those who waited for the lock name what they put before it
      for (const { digest } of await store.listEntries())
        expect(await store.findModule(digest), digest).toBeDefined();
    }
    return pruned;
  };
  const cleaning = clean();
  await Promise.all(["a", "b", "c"].map(write));
  isWriting = false;
  expect(await cleaning).toBeGreaterThan(0);
  expect(written.length).toBeGreaterThan(4);
  const last = make("last");
  await store.put(last, parseReference("r.example/last:1"));
  expect(await store.findModule(last.digest)).toBeDefined();
});
