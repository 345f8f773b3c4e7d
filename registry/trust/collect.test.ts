import fc from "fast-check";
import { expect, test } from "vitest";
import { type MemoryReader, makeMemoryReader } from "../../test/fakes/reader.ts";
import { addBundle, addTagged } from "../../test/fakes/signature-artifacts.ts";
import { DIGEST, makeClaim, makeKey, OTHER_DIGEST } from "../../test/fakes/signatures.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { BUNDLE } from "./bundle.ts";
import { collectSignatures, listSignatures } from "./collect.ts";
import { judge } from "./judge.ts";
import { trustKeys } from "./policy.ts";
import { signBundle } from "./sign-plan.ts";
import { SIMPLE_SIGNING, toSignatureTag } from "./simple-signing.ts";

const key = makeKey();
const TAG = toSignatureTag(DIGEST);
const reference = { host: "r.example", repository: "genie/occupancy" };

async function countGood(reader: MemoryReader): Promise<number> {
  const signatures = await listSignatures(reader, DIGEST);
  const { signatures: judged } = judge(trustKeys([{ name: "k", key: key.public }]), {
    reference,
    digest: DIGEST,
    signatures,
  });
  return judged.filter(({ fault }) => fault === undefined).length;
}

async function listFaults(reader: MemoryReader): Promise<readonly string[]> {
  return (await listSignatures(reader, DIGEST)).flatMap((each) => ("fault" in each ? each.fault : []));
}

test("none where there is nothing", async () => {
  expect(await collectSignatures(makeMemoryReader(), DIGEST)).toEqual({ artifacts: [], signatures: [] });
});

test("both formats are found, with all that is needed to keep them", async () => {
  const reader = makeMemoryReader();
  addTagged(reader, { key, count: 2 });
  addBundle(reader, { key });
  expect(await countGood(reader)).toBe(3);
  const { artifacts } = await collectSignatures(reader, DIGEST);
  expect(artifacts.map(({ tag, blobs }) => [tag, blobs.length])).toEqual([
    [TAG, 3],
    [undefined, 2],
  ]);
  for (const { digest, manifest } of artifacts) expect(sha256(manifest)).toBe(digest);
});

test("a bundle that is listed and gone, as after garbage-collect -m, hides none beside it", async () => {
  const reader = makeMemoryReader();
  addTagged(reader, { key });
  reader.manifestByName.delete(addBundle(reader, { key }));
  addBundle(reader, { key });
  expect(await countGood(reader)).toBe(2);
  expect(await listFaults(reader)).toEqual(["it is listed, and gone"]);
});

test("a bundle that is listed with another size is told, and hides none beside it", async () => {
  const reader = makeMemoryReader();
  addTagged(reader, { key });
  addBundle(reader, { key });
  reader.referrers.push(...reader.referrers.splice(0).map((each) => ({ ...each, size: each.size + 1 })));
  expect(await countGood(reader)).toBe(1);
  expect(await listFaults(reader)).toEqual([
    expect.stringMatching(/^the repository gave \d+ bytes for sha256:/),
  ]);
});

test("a layer that is gone, or has other bytes, is told and hides no bundle", async () => {
  for (const kind of ["notFound", "digestMismatch", "damagedStore"] as const) {
    const reader = makeMemoryReader();
    addTagged(reader, { key });
    addBundle(reader, { key });
    const getBlob = reader.getBlob.bind(reader);
    const failing: MemoryReader = {
      ...reader,
      getBlob: async (part) => {
        if (part.mediaType === SIMPLE_SIGNING) throw new RegistryFailure(kind, "the layer is bad");
        return await getBlob(part);
      },
    };
    expect(await countGood(failing)).toBe(1);
    expect(await listFaults(failing)).toEqual(["the layer is bad"]);
  }
});

test("a registry that can't be reached is no registry without signatures", async () => {
  const reader = makeMemoryReader();
  addTagged(reader, { key });
  reader.getBlob = async () => {
    throw new RegistryFailure("unreachable", "it is down");
  };
  await expect(listSignatures(reader, DIGEST)).rejects.toThrow("it is down");
});

test("a bundle for another module is none, though it is listed for this one", async () => {
  const reader = makeMemoryReader();
  addBundle(reader, { key, subject: OTHER_DIGEST });
  expect(await listFaults(reader)).toEqual(["it refers to another artifact"]);
});

test("what is listed as something else than a signature isn't fetched", async () => {
  const reader = makeMemoryReader();
  const predicate = "https://slsa.dev/provenance/v1";
  const digest = addBundle(reader, { key });
  reader.referrers.splice(0, 1, {
    mediaType: MEDIA_TYPE.manifest,
    digest,
    size: 1,
    artifactType: BUNDLE,
    annotations: { "dev.sigstore.bundle.predicateType": predicate },
  });
  expect(await listSignatures(reader, DIGEST)).toEqual([]);
});

test("more than is read is told", async () => {
  const reader = makeMemoryReader();
  addTagged(reader, { key, count: 65 });
  for (let at = 0; at < 70; at++) addBundle(reader, { key, bytes: Buffer.from(`"${at}"`) });
  const faults = await listFaults(reader);
  expect(faults[0]).toBe("it has more than 64 layers");
  expect(faults.at(-1)).toBe("6 more are listed, which aren't read");
  expect(faults).toHaveLength(66);
});

const BUNDLE_LAYER = { mediaType: BUNDLE, digest: DIGEST, size: 1 };
const REFERRING = {
  schemaVersion: 2,
  mediaType: MEDIA_TYPE.manifest,
  artifactType: BUNDLE,
  config: { mediaType: MEDIA_TYPE.empty, digest: OTHER_DIGEST, size: 2 },
  layers: [BUNDLE_LAYER],
  subject: { mediaType: MEDIA_TYPE.manifest, digest: DIGEST, size: 1 },
};
test.each([
  ["more bundles than one", { layers: [BUNDLE_LAYER, { ...BUNDLE_LAYER, digest: OTHER_DIGEST }] }],
  ["an artifactType of its own", { artifactType: "x".repeat(900_000) }],
  [
    "the type of other tools' manifests",
    { mediaType: "application/vnd.docker.distribution.manifest.v2+json" },
  ],
  ["more text than signatures need", { annotations: { note: "x".repeat(70_000) } }],
])("a manifest with %s, listed by a hostile registry, is told and never kept", async (_, fields) => {
  const reader = makeMemoryReader();
  reader.blobByDigest.set(DIGEST, signBundle(makeClaim(), key));
  reader.blobByDigest.set(OTHER_DIGEST, signBundle(makeClaim(), key));
  const entry = reader.addManifest({ ...REFERRING, ...fields });
  reader.referrers.push({ ...entry, artifactType: BUNDLE, annotations: {} });
  addBundle(reader, { key });
  const { artifacts, signatures } = await collectSignatures(reader, DIGEST);
  expect(artifacts).toHaveLength(1);
  expect(signatures.filter((each) => "fault" in each)).toHaveLength(1);
});

const LAYER = { mediaType: SIMPLE_SIGNING, digest: DIGEST, size: 1 };
test.each([
  ["a list", []],
  ["no layers", { config: LAYER }],
  ["layers that are no list", { config: LAYER, layers: { 0: LAYER } }],
  ["no config", { layers: [LAYER] }],
  ["a size that is none", { config: LAYER, layers: [{ ...LAYER, size: -1 }] }],
  ["a layer too large", { config: LAYER, layers: [{ ...LAYER, size: 64 * 2 ** 10 + 1 }] }],
  ["a digest that is none", { config: LAYER, layers: [{ ...LAYER, digest: "sha256:../../etc" }] }],
  ["a layer of another kind", { config: LAYER, layers: [{ ...LAYER, mediaType: "application/wasm" }] }],
  ["null in its layers", { config: LAYER, layers: [null] }],
])("a manifest with %s holds no signature, and none of its parts is fetched", async (_, manifest) => {
  const reader = makeMemoryReader();
  reader.addManifest(manifest, TAG);
  reader.getBlob = async () => {
    throw new Error("was asked for a part");
  };
  expect(await listFaults(reader)).toHaveLength(1);
});

test("whatever lies where signatures are looked for, it is told and throws nothing", async () => {
  const manifest = fc.oneof(
    fc.jsonValue(),
    fc.record({
      config: fc.jsonValue(),
      layers: fc.oneof(fc.array(fc.jsonValue()), fc.jsonValue()),
      subject: fc.jsonValue(),
    }),
    fc.record({
      config: fc.constant(LAYER),
      layers: fc.array(fc.constant(LAYER)),
      subject: fc.constant(LAYER),
    }),
  );
  await fc.assert(
    fc.asyncProperty(manifest, manifest, fc.uint8Array(), async (tagged, referring, blob) => {
      const reader = makeMemoryReader();
      reader.manifestByName.set(TAG, Buffer.from(JSON.stringify(tagged)));
      const bytes = Buffer.from(JSON.stringify(referring));
      reader.manifestByName.set(sha256(bytes), bytes);
      reader.referrers.push({
        mediaType: "",
        digest: sha256(bytes),
        size: 1,
        artifactType: BUNDLE,
        annotations: {},
      });
      reader.getBlob = async () => blob;
      expect(await countGood(reader)).toBe(0);
    }),
  );
});
