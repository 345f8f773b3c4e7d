import { expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { MEDIA_TYPE, planArtifact } from "./artifact.ts";
import { parseAnyManifest } from "./manifest.ts";

const parse = (value: unknown) => parseAnyManifest(Buffer.from(JSON.stringify(value)), "here");
const BLOB = { mediaType: "text/plain", digest: `sha256:${"a".repeat(64)}`, size: 3 };
const OTHER = { ...BLOB, digest: `sha256:${"b".repeat(64)}` };

test("a module's type is that of its config", async () => {
  const { manifest } = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  const parsed = parseAnyManifest(manifest, "here");
  expect(parsed).toMatchObject({ artifactType: "application/vnd.wasm.config.v0+json", subject: undefined });
  expect(parsed.blobs.map(({ mediaType }) => mediaType)).toEqual([
    "application/vnd.wasm.config.v0+json",
    "application/wasm",
  ]);
});

test("what refers to another says to which", () => {
  const { manifest } = makeReferrer({
    subject: { bytes: Buffer.from("x") },
    artifactType: "a/b",
    layer: "n",
  });
  expect(parseAnyManifest(manifest, "here")).toMatchObject({
    artifactType: "a/b",
    subject: { size: 1 },
    annotations: { note: "n" },
  });
});

test("an index lists manifests, whether or not it says that it is one", () => {
  const index = { schemaVersion: 2, manifests: [BLOB, OTHER], annotations: { a: "b", c: 1 } };
  expect(parse(index)).toMatchObject({ blobs: [], manifests: [BLOB, OTHER], annotations: { a: "b" } });
  expect(parse(index).mediaType).toBe("application/vnd.oci.image.index.v1+json");
});

test("a blob that is named twice is listed once", () => {
  expect(parse({ schemaVersion: 2, config: BLOB, layers: [OTHER, BLOB, OTHER] }).blobs).toEqual([
    BLOB,
    OTHER,
  ]);
});

test.each([
  ["of version 1", { schemaVersion: 1, config: BLOB }],
  [
    "of docker",
    { schemaVersion: 2, mediaType: "application/vnd.docker.distribution.manifest.v2+json", config: BLOB },
  ],
  [
    "without a config",
    { schemaVersion: 2, mediaType: "application/vnd.oci.image.manifest.v1+json", layers: [] },
  ],
  ["whose layers are no list", { schemaVersion: 2, config: BLOB, layers: {} }],
  ["with a digest that is a path", { schemaVersion: 2, config: { ...BLOB, digest: "sha256:../../etc" } }],
  ["with a negative size", { schemaVersion: 2, config: { ...BLOB, size: -1 } }],
  ["with a broken subject", { schemaVersion: 2, config: BLOB, subject: {} }],
  [
    "with too many layers",
    { schemaVersion: 2, config: BLOB, layers: Array.from({ length: 1025 }, () => BLOB) },
  ],
])("a manifest %s is refused", (_, manifest) => {
  expect(() => parse(manifest)).toThrow(expect.objectContaining({ kind: "badManifest" }));
});

test("what is no JSON object is refused", () => {
  expect(() => parse([])).toThrow(expect.objectContaining({ kind: "badAnswer" }));
});

test("no type is longer than types are: the store's index repeats them", () => {
  const config = { ...BLOB, mediaType: "a/b" };
  const manifest = { schemaVersion: 2, mediaType: MEDIA_TYPE.manifest, config, layers: [] };
  const long = "x".repeat(256);
  expect(parse({ ...manifest, artifactType: "x".repeat(255) }).artifactType).toHaveLength(255);
  expect(() => parse({ ...manifest, artifactType: long })).toThrow("artifactType");
  expect(() => parse({ ...manifest, config: { ...config, mediaType: long } })).toThrow("names blobs");
});
