import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { makeReferrer } from "../test/fakes/referrer.ts";
import { type Artifact, MEDIA_TYPE, planArtifact } from "./artifact/artifact.ts";
import { collectArtifact, isModule, readCollected } from "./collect.ts";
import { hexOf, sha256 } from "./digest.ts";
import { RegistryFailure } from "./errors.ts";
import type { ArtifactReader } from "./reader.ts";
import { parseReference } from "./reference.ts";
import { openStore } from "./store/store.ts";

const REFERENCE = parseReference("r.example/genie/scorer:1");
const ELSEWHERE = parseReference("mirror.example/genie/scorer:1");

let folder: string;
let module: Artifact;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-collect-"));
  module = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
});
afterEach(() => rm(folder, { recursive: true }));

const open = (name: string) => openStore(path.join(folder, name));

async function fill(name: string) {
  const store = open(name);
  const readme = makeReferrer({
    subject: { bytes: module.manifest },
    artifactType: "a/readme",
    layer: "readme",
  });
  const ofReadme = makeReferrer({
    subject: { bytes: readme.manifest },
    artifactType: "a/sig",
    layer: "signed",
  });
  const sig = makeReferrer({ artifactType: "a/sig", layer: "simple signing" });
  const tag = `sha256-${hexOf(module.digest)}.sig`;
  await store.putCollection(
    {
      root: { ...module, blobs: [module.config, module.wasm] },
      referrers: [readme, ofReadme],
      tagged: [{ ...sig, tag }],
    },
    REFERENCE,
  );
  return { store, readme, ofReadme, sig, tag };
}

test("an artifact and all that belongs to it arrives elsewhere byte for byte", async () => {
  const { store, readme, ofReadme, sig, tag } = await fill("here");
  const collection = await collectArtifact(store.reader(REFERENCE), "1", "m");
  const there = open("there");
  await there.putCollection(collection, ELSEWHERE);
  expect(await there.findModule(module.digest)).toEqual(await store.findModule(module.digest));
  expect(await there.listEntries()).toEqual([
    { digest: module.digest, reference: "mirror.example/genie/scorer:1" },
  ]);
  const reader = there.reader(ELSEWHERE);
  expect((await reader.listReferrers(module.digest)).map(({ digest }) => digest)).toEqual([readme.digest]);
  expect((await reader.listReferrers(readme.digest)).map(({ digest }) => digest)).toEqual([ofReadme.digest]);
  expect(await reader.findManifest(tag)).toEqual(Buffer.from(sig.manifest));
  expect(await collectArtifact(reader, module.digest, "m")).toEqual(collection);
});

test("what was collected reads as the place that it came from", async () => {
  const { store, readme, tag } = await fill("here");
  const [from, collection] = [
    store.reader(REFERENCE),
    await collectArtifact(store.reader(REFERENCE), "1", "m"),
  ];
  const reader = readCollected(collection);
  for (const name of [module.digest, readme.digest, tag, "2"])
    expect((await reader.findManifest(name))?.toString()).toEqual(
      (await from.findManifest(name))?.toString(),
    );
  for (const subject of [module.digest, readme.digest]) {
    expect(await reader.listReferrers(subject)).toEqual(await from.listReferrers(subject));
    expect(await reader.listReferrers(subject, "a/sig")).toEqual(await from.listReferrers(subject, "a/sig"));
  }
  expect(await reader.getBlob(readme.layer)).toEqual(Buffer.from("readme"));
  const digest = `sha256:${"0".repeat(64)}` as const;
  await expect(reader.getBlob({ ...readme.layer, digest })).rejects.toMatchObject({ kind: "notFound" });
});

/** A reader in front of a store that answers otherwise where it's told to. */
const changed = (reader: ArtifactReader, changes: Partial<ArtifactReader>): ArtifactReader => ({
  findManifest: (name) => reader.findManifest(name),
  getBlob: (descriptor) => reader.getBlob(descriptor),
  listReferrers: (digest) => reader.listReferrers(digest),
  ...changes,
});

test("what is listed but gone is passed over, and what can't be read is not", async () => {
  const { store, readme } = await fill("here");
  const reader = store.reader(REFERENCE);
  const isReadme = (name: string) => name === readme.digest;
  const findManifest = async (name: string) => (isReadme(name) ? undefined : await reader.findManifest(name));
  const { referrers, tagged } = await collectArtifact(changed(reader, { findManifest }), "1", "m");
  expect(referrers).toEqual([]);
  expect(tagged).toHaveLength(1);
  const fail =
    (kind: "notFound" | "digestMismatch") => (descriptor: Parameters<ArtifactReader["getBlob"]>[0]) =>
      descriptor.digest === readme.layer.digest
        ? Promise.reject(new RegistryFailure(kind, "no blob"))
        : reader.getBlob(descriptor);
  expect(await collectArtifact(changed(reader, { getBlob: fail("notFound") }), "1", "m")).toMatchObject({
    referrers: [],
  });
  await expect(
    collectArtifact(changed(reader, { getBlob: fail("digestMismatch") }), "1", "m"),
  ).rejects.toMatchObject({ kind: "digestMismatch" });
});

test("what is listed and refers to something else is passed over", async () => {
  const { store, sig, readme } = await fill("here");
  const reader = store.reader(REFERENCE);
  const listReferrers: ArtifactReader["listReferrers"] = async (digest) =>
    digest === module.digest
      ? [sig, readme].map((each) => ({
          ...each.layer,
          digest: each.digest,
          size: each.manifest.byteLength,
          artifactType: "x",
          annotations: {},
        }))
      : [];
  const { referrers } = await collectArtifact(changed(reader, { listReferrers }), "1", "m");
  expect(referrers.map(({ digest }) => digest)).toEqual([readme.digest]);
});

test("what isn't there is named", async () => {
  const { store } = await fill("here");
  await expect(
    collectArtifact(store.reader(REFERENCE), "2", "r.example/genie/scorer:2"),
  ).rejects.toMatchObject({
    kind: "notFound",
    message: "r.example/genie/scorer:2 is not there",
  });
});

test("referrers without end, and blobs too large, end with an error or a bound", async () => {
  const { store } = await fill("here");
  const reader = store.reader(REFERENCE);
  const bytesByDigest = new Map<string, Uint8Array>([[module.digest, module.manifest]]);
  const endless = changed(reader, {
    findManifest: async (name) => (await reader.findManifest(name)) ?? bytesByDigest.get(name),
    getBlob: async () => new Uint8Array(),
    listReferrers: async (digest) =>
      Array.from({ length: 256 }, (_, at) => {
        const bytes = bytesByDigest.get(digest) ?? new Uint8Array();
        const each = makeReferrer({ subject: { bytes }, artifactType: "a/b", layer: `${at}` });
        bytesByDigest.set(each.digest, each.manifest);
        const { digest: own, manifest } = each;
        return {
          ...each.layer,
          digest: own,
          size: manifest.byteLength,
          artifactType: "a/b",
          annotations: {},
        };
      }),
  });
  expect((await collectArtifact(endless, "1", "m")).referrers).toHaveLength(512);
  const huge = { config: { mediaType: "x", digest: module.digest, size: 65 * 2 ** 20 }, schemaVersion: 2 };
  const findManifest = async (name: string) => (name === "1" ? Buffer.from(JSON.stringify(huge)) : undefined);
  await expect(collectArtifact(changed(reader, { findManifest }), "1", "m")).rejects.toMatchObject({
    kind: "tooLarge",
  });
});

test("a module that calls itself something else is one", () => {
  const manifest = Buffer.from(
    JSON.stringify({ ...JSON.parse(Buffer.from(module.manifest).toString()), artifactType: "a/readme" }),
  );
  const toCollection = (bytes: Uint8Array) => {
    return { root: { digest: sha256(bytes), manifest: bytes, blobs: [] }, referrers: [], tagged: [] };
  };
  expect(isModule(toCollection(manifest))).toBe(true);
  expect(isModule(toCollection(makeReferrer({ artifactType: "a/readme", layer: "x" }).manifest))).toBe(false);
});

test("a module that says it refers to another, or lies under its tags, isn't carried along unjudged", async () => {
  const { store, readme, ofReadme } = await fill("here");
  const smuggle = (fields: object) => {
    const said: object = JSON.parse(Buffer.from(module.manifest).toString());
    const manifest = Buffer.from(JSON.stringify({ ...said, ...fields }));
    return { manifest, blobs: [module.config, module.wasm] };
  };
  const subject = { mediaType: MEDIA_TYPE.manifest, digest: module.digest, size: module.manifest.byteLength };
  await store.putArtifact(smuggle({ subject, artifactType: "a/readme" }));
  const tag = `sha256-${hexOf(module.digest)}.att`;
  await store.putArtifact(smuggle({ artifactType: "a/att" }), { ...REFERENCE, tag });
  const { referrers, tagged } = await collectArtifact(store.reader(REFERENCE), "1", "m");
  expect(referrers.map(({ digest }) => digest)).toEqual([readme.digest, ofReadme.digest]);
  expect(tagged.map((each) => each.tag)).toEqual([`sha256-${hexOf(module.digest)}.sig`]);
});
