import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { hexOf, sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { openStore, type Store } from "./store.ts";

const REFERENCE = parseReference("r.example/genie/scorer:1");
const README = "application/vnd.cni-genie.readme.v1";

let folder: string;
let store: Store;
let module: Artifact;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-reader-"));
  store = openStore(folder);
  module = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
});
afterEach(() => rm(folder, { recursive: true }));

const subject = () => ({ bytes: module.manifest });
const fileOf = (bytes: Uint8Array) => path.join(folder, "blobs/sha256", hexOf(sha256(bytes)));
const MANIFEST = "application/vnd.oci.image.manifest.v1+json";

test("gives back what was put, and lists it apart from modules", async () => {
  const readme = makeReferrer({ subject: subject(), artifactType: README, layer: "# hello" });
  const bundle = makeReferrer({ subject: subject(), artifactType: "application/bundle", layer: "{}" });
  const elsewhere = makeReferrer({
    subject: { bytes: readme.manifest },
    artifactType: README,
    layer: "of it",
  });
  await store.put(module, REFERENCE);
  for (const each of [readme, bundle, elsewhere, readme]) await store.putArtifact(each);
  const reader = store.reader(REFERENCE);
  const mediaType = MANIFEST;
  const size = readme.manifest.byteLength;
  const asListed = {
    mediaType,
    digest: readme.digest,
    size,
    artifactType: README,
    annotations: { note: "# hello" },
  };
  expect(await reader.listReferrers(module.digest, README)).toEqual([asListed]);
  expect((await reader.listReferrers(module.digest)).map(({ digest }) => digest)).toEqual([
    readme.digest,
    bundle.digest,
  ]);
  expect(await reader.findManifest(readme.digest)).toEqual(Buffer.from(readme.manifest));
  expect(await reader.getBlob(readme.layer)).toEqual(Buffer.from("# hello"));
  expect(await reader.listReferrers(bundle.digest)).toEqual([]);
  expect(await store.listEntries()).toEqual([
    { digest: module.digest, reference: "r.example/genie/scorer:1" },
  ]);
});

test("a tag is one repository's, but for those that say their digest", async () => {
  await store.put(module, REFERENCE);
  const sig = makeReferrer({ artifactType: "application/sig", layer: "sig" });
  const sigTag = `sha256-${hexOf(module.digest)}.sig`;
  await store.putArtifact(sig, { ...REFERENCE, tag: sigTag });
  const tagged = { mediaType: MANIFEST, digest: module.digest, size: 3 };
  await addEntries({ ...tagged, annotations: { "org.opencontainers.image.ref.name": "1" } });
  const here = store.reader(REFERENCE);
  expect(await here.findManifest("1")).toEqual(Buffer.from(module.manifest));
  expect(await here.findManifest(sigTag)).toEqual(Buffer.from(sig.manifest));
  const there = store.reader(parseReference("r.example/genie/other:1"));
  expect(await there.findManifest("1")).toBeUndefined();
  expect(await there.findManifest(sigTag)).toBeUndefined();
  const other = { mediaType: MANIFEST, digest: sig.digest, size: 3 };
  await addEntries({ ...other, annotations: { "org.opencontainers.image.ref.name": sigTag } });
  expect(await store.reader(parseReference("r.example/x:1")).findManifest(sigTag)).toBeDefined();
});

/** As other tools write them: without our hints. */
async function addEntries(...entries: object[]): Promise<void> {
  const file = path.join(folder, "index.json");
  const index: { manifests: object[] } = JSON.parse(await readFile(file, "utf8"));
  await writeFile(file, JSON.stringify({ ...index, manifests: [...index.manifests, ...entries] }));
}

test("finds the referrers that other tools brought, by entry and by the fallback tag's index", async () => {
  await store.put(module, REFERENCE);
  const byEntry = makeReferrer({ subject: subject(), artifactType: README, layer: "by entry" });
  const byIndex = makeReferrer({ subject: subject(), artifactType: README, layer: "by index" });
  const list = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: "application/vnd.oci.image.index.v1+json",
      manifests: [{ mediaType: MANIFEST, digest: byIndex.digest, size: byIndex.manifest.byteLength }],
    }),
  );
  await mkdir(path.join(folder, "blobs/sha256"), { recursive: true });
  for (const bytes of [byEntry.manifest, byIndex.manifest, list]) await writeFile(fileOf(bytes), bytes);
  const names = {
    "org.opencontainers.image.ref.name": `r.example/genie/scorer:sha256-${hexOf(module.digest)}`,
  };
  await addEntries(
    { mediaType: MANIFEST, digest: byEntry.digest, size: 1, artifactType: README },
    {
      mediaType: "application/vnd.oci.image.index.v1+json",
      digest: sha256(list),
      size: 1,
      annotations: names,
    },
    { mediaType: MANIFEST, digest: `sha256:${"0".repeat(64)}`, size: 1 },
  );
  const found = await store.reader(REFERENCE).listReferrers(module.digest, README);
  expect(found.map(({ digest }) => digest)).toEqual([byEntry.digest, byIndex.digest]);
  expect(await store.reader(REFERENCE).listReferrers(module.digest, "application/other")).toEqual([]);
});

test("a damaged referrer is told, and a missing blob is notFound", async () => {
  const readme = makeReferrer({ subject: subject(), artifactType: README, layer: "# hello" });
  await store.put(module, REFERENCE);
  await store.putArtifact(readme);
  await rm(fileOf(Buffer.from("# hello")));
  await expect(store.reader(REFERENCE).getBlob(readme.layer)).rejects.toMatchObject({ kind: "notFound" });
  await writeFile(fileOf(readme.manifest), "{}");
  await expect(store.reader(REFERENCE).listReferrers(module.digest)).rejects.toMatchObject({
    kind: "damagedStore",
  });
});

test("with a damaged index it reads the copy, and without one says what is damaged", async () => {
  const readme = makeReferrer({ subject: subject(), artifactType: README, layer: "# hello" });
  await store.put(module, REFERENCE);
  await store.putArtifact(readme);
  await writeFile(path.join(folder, "index.json"), "");
  expect(await store.reader(REFERENCE).listReferrers(module.digest)).toHaveLength(1);
  await writeFile(path.join(folder, ".index-copy"), "");
  await expect(store.reader(REFERENCE).listReferrers(module.digest)).rejects.toThrow("index.json");
});

test("a store that isn't there has nothing", async () => {
  const reader = openStore(path.join(folder, "none")).reader(REFERENCE);
  expect(await reader.findManifest("1")).toBeUndefined();
  expect(await reader.findManifest(module.digest)).toBeUndefined();
  expect(await reader.listReferrers(module.digest)).toEqual([]);
});

test("a blob that is named with another size is refused", async () => {
  const readme = makeReferrer({ subject: subject(), artifactType: README, layer: "# hello" });
  await store.putArtifact(readme);
  await expect(store.reader(REFERENCE).getBlob({ ...readme.layer, size: 8 })).rejects.toMatchObject({
    kind: "sizeMismatch",
    message: `${fileOf(Buffer.from("# hello"))} gave 7 bytes for ${readme.layer.digest}, which was named with 8`,
  });
});
