import { expect, test } from "vitest";
import { makeComponent, SCORER, SELECTOR } from "../../test/fakes/component.ts";
import { parseConfig, parseManifest, planArtifact } from "./artifact.ts";
import { sha256 } from "../digest.ts";
import { findKind } from "./module-kind.ts";

const EPOCH = { created: new Date(0) };

function edit(bytes: Uint8Array, change: (value: Record<string, unknown>) => void): Buffer {
  const value: Record<string, unknown> = JSON.parse(Buffer.from(bytes).toString());
  change(value);
  return Buffer.from(JSON.stringify(value));
}

test("lays a component out as the CNCF layout says", async () => {
  const wasm = await makeComponent(SCORER);
  const { manifest, config, digest } = planArtifact(wasm, EPOCH);
  expect(JSON.parse(Buffer.from(config).toString())).toEqual({
    created: "1970-01-01T00:00:00Z",
    architecture: "wasm",
    os: "wasip2",
    layerDigests: [sha256(wasm)],
    component: { exports: ["genie:selection/types@1.0.0", "genie:selection/scoring@1.0.0"], imports: [] },
  });
  expect(JSON.parse(Buffer.from(manifest).toString())).toEqual({
    schemaVersion: 2,
    mediaType: "application/vnd.oci.image.manifest.v1+json",
    config: {
      mediaType: "application/vnd.wasm.config.v0+json",
      digest: sha256(config),
      size: config.byteLength,
    },
    layers: [
      {
        mediaType: "application/wasm",
        digest: sha256(wasm),
        size: wasm.byteLength,
        annotations: { "org.opencontainers.image.title": "module.wasm" },
      },
    ],
  });
  expect(digest).toBe(sha256(manifest));
});

test("gives the same bytes the same digest, and another date another", async () => {
  const wasm = await makeComponent(SCORER);
  const digest = planArtifact(wasm, EPOCH).digest;
  expect(planArtifact(wasm.slice(), EPOCH).digest).toBe(digest);
  expect(planArtifact(wasm, { created: new Date(1000) }).digest).not.toBe(digest);
});

test("reads back what it planned", async () => {
  const { manifest, config } = planArtifact(await makeComponent(SELECTOR), EPOCH);
  const { layer } = parseManifest(manifest, "x");
  expect(findKind(parseConfig(config, layer.digest, "x").exports)).toBe("selector");
});

test.each([
  ["text", Buffer.from("hello"), "is not wasm"],
  ["nothing", Buffer.alloc(0), "is not wasm"],
  ["a core module", Buffer.from("0061736d01000000", "hex"), "is a core wasm module"],
  ["a cut component", Buffer.from("0061736d0d0001000aff", "hex"), "too early"],
])("refuses %s", (_, bytes, why) => {
  expect(() => planArtifact(bytes, EPOCH)).toThrow(expect.objectContaining({ kind: "notComponent" }));
  expect(() => planArtifact(bytes, EPOCH)).toThrow(why);
});

test("refuses a component beyond 16 MiB", () => {
  expect(() => planArtifact(new Uint8Array(16 * 2 ** 20 + 1), EPOCH)).toThrow(
    expect.objectContaining({ kind: "tooLarge" }),
  );
});

test.each<[string, (manifest: Record<string, unknown>) => void]>([
  ["no media type", (it) => delete it["mediaType"]],
  ["an index", (it) => (it["mediaType"] = "application/vnd.oci.image.index.v1+json")],
  ["schema 1", (it) => (it["schemaVersion"] = 1)],
  ["two layers", (it) => (it["layers"] = [it["layers"], it["layers"]].flat())],
  ["no layer", (it) => (it["layers"] = [])],
  [
    "an image's config",
    (it) =>
      (it["config"] = { ...Object(it["config"]), mediaType: "application/vnd.oci.image.config.v1+json" }),
  ],
  [
    "a path for a digest",
    (it) => (it["config"] = { ...Object(it["config"]), digest: "sha256:../../etc/passwd" }),
  ],
  ["a huge layer", (it) => (it["layers"] = [{ ...Object([it["layers"]].flat()[0]), size: 5e10 }])],
  ["a negative size", (it) => (it["layers"] = [{ ...Object([it["layers"]].flat()[0]), size: -1 }])],
])("refuses a manifest with %s", async (_, change) => {
  const { manifest } = planArtifact(await makeComponent(SCORER), EPOCH);
  expect(() => parseManifest(edit(manifest, change), "x")).toThrow(
    expect.objectContaining({ kind: "notModule" }),
  );
});

test.each<[string, (config: Record<string, unknown>) => void]>([
  ["another architecture", (it) => (it["architecture"] = "amd64")],
  ["a core module's system", (it) => (it["os"] = "wasip1")],
  ["another layer", (it) => (it["layerDigests"] = [sha256(Buffer.from("x"))])],
  ["no component", (it) => (it["component"] = null)],
  ["names that are no texts", (it) => (it["component"] = { imports: [], exports: [1] })],
])("refuses a config with %s", async (_, change) => {
  const wasm = await makeComponent(SCORER);
  const { config } = planArtifact(wasm, EPOCH);
  expect(() => parseConfig(edit(config, change), sha256(wasm), "x")).toThrow(
    expect.objectContaining({ kind: "notModule" }),
  );
});

test("a deep list where a text should be is no module, and no bug", () => {
  const nested = "[".repeat(200_000) + "]".repeat(200_000);
  const manifest = Buffer.from(`{"schemaVersion":2,"mediaType":${nested}}`);
  expect(() => parseManifest(manifest, "x")).toThrow(
    expect.objectContaining({
      kind: "notModule",
      message: "x is no wasm module: its manifest is of type object",
    }),
  );
  const config = Buffer.from(`{"architecture":"wasm","os":${nested}}`);
  expect(() => parseConfig(config, sha256(config), "x")).toThrow(
    expect.objectContaining({ kind: "notModule" }),
  );
});

test("takes null for an absent author and target, as other publishers write it", async () => {
  const wasm = await makeComponent(SCORER);
  const foreign = edit(planArtifact(wasm, EPOCH).config, (it) => {
    it["author"] = null;
    it["component"] = { ...Object(it["component"]), target: null };
  });
  expect(parseConfig(foreign, sha256(wasm), "x").imports).toEqual([]);
});
