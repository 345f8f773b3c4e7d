import { mkdir, mkdtemp, readdir, rm, stat, symlink, utimes, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { hexOf, sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { openStore, type Store } from "./store.ts";

const REFERENCE = parseReference("r.example/genie/scorer:1");

let folder: string;
let store: Store;
let artifact: Artifact;

beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-store-"));
  store = openStore(path.join(folder, "modules"));
  artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
});
afterEach(() => rm(folder, { recursive: true }));

const fileOf = (bytes: Uint8Array) => path.join(folder, "modules/blobs/sha256", hexOf(sha256(bytes)));

test("a store that doesn't exist is empty", async () => {
  expect(await store.findModule(artifact.digest)).toBeUndefined();
  expect(await store.listEntries()).toEqual([]);
  expect(await readdir(folder)).toEqual([]);
});

test("gives back what was put", async () => {
  await store.put(artifact, REFERENCE);
  const found = await store.findModule(artifact.digest);
  expect(found).toMatchObject({ digest: artifact.digest, shape: { imports: [] } });
  expect(Buffer.from(found?.wasm ?? [])).toEqual(Buffer.from(artifact.wasm));
  expect(await store.listEntries()).toEqual([
    { digest: artifact.digest, reference: "r.example/genie/scorer:1" },
  ]);
});

test.each(["", "latest", `sha256:${"0".repeat(64)}`, "sha256:../../etc/passwd"])(
  "knows no module %j",
  async (digest) => {
    await store.put(artifact, REFERENCE);
    expect(await store.findModule(digest)).toBeUndefined();
  },
);

test.each([0o077, 0])("everyone may read it and nobody else write, under umask %o", async (mask) => {
  store = openStore(path.join(folder, "parent/modules"));
  const umask = process.umask(mask);
  try {
    await store.put(artifact, REFERENCE);
  } finally {
    process.umask(umask);
  }
  const mode = async (name: string) =>
    ((await stat(path.join(folder, "parent/modules", name))).mode & 0o777).toString(8);
  expect(await mode("index.json")).toBe("644");
  expect(await mode("blobs/sha256")).toBe("755");
  for (const each of [".", "..", "blobs", ".tmp"]) expect(await mode(each)).toBe("755");
  expect(await mode(`blobs/sha256/${hexOf(sha256(artifact.wasm))}`)).toBe("644");
});

test.each(["wasm", "config", "manifest"] as const)(
  "a changed, cut or missing %s is noticed, and mended by a put",
  async (part) => {
    await store.put(artifact, REFERENCE);
    const file = fileOf(artifact[part]);
    const changed = Buffer.from(artifact[part]);
    changed.writeUInt8(changed.readUInt8(4) ^ 1, 4);
    for (const bytes of [
      changed,
      artifact[part].subarray(1),
      Buffer.concat([artifact[part], Buffer.alloc(1)]),
    ]) {
      await writeFile(file, bytes);
      await expect(store.findModule(artifact.digest)).rejects.toMatchObject({ kind: "damagedStore" });
      await expect(store.findModule(artifact.digest)).rejects.toThrow(file);
      await store.put(artifact, REFERENCE);
      expect(await store.findModule(artifact.digest)).toBeDefined();
    }
    await rm(file);
    if (part === "manifest") expect(await store.findModule(artifact.digest)).toBeUndefined();
    else await expect(store.findModule(artifact.digest)).rejects.toMatchObject({ kind: "damagedStore" });
  },
);

test("reads what another tool laid out", async () => {
  const modules = path.join(folder, "modules");
  await mkdir(path.join(modules, "blobs/sha256"), { recursive: true });
  for (const bytes of [artifact.wasm, artifact.config, artifact.manifest])
    await writeFile(fileOf(bytes), bytes);
  const mediaType = "application/vnd.oci.image.manifest.v1+json";
  const manifests = [{ mediaType, digest: artifact.digest, size: artifact.manifest.length }];
  await writeFile(path.join(modules, "oci-layout"), '{"imageLayoutVersion": "1.0.0"}');
  await writeFile(path.join(modules, "index.json"), JSON.stringify({ schemaVersion: 2, manifests }));
  expect(await store.findModule(artifact.digest)).toBeDefined();
  expect(await store.listEntries()).toEqual([{ digest: artifact.digest, reference: undefined }]);
});

test("an empty index stops the list and no module", async () => {
  await store.put(artifact, REFERENCE);
  await writeFile(path.join(folder, "modules/index.json"), "");
  await expect(store.listEntries()).rejects.toMatchObject({ kind: "damagedStore" });
  expect(await store.findModule(artifact.digest)).toBeDefined();
});

test.each([
  ["a pipe", (file: string) => execa("mkfifo", [file])],
  ["a link to what never ends", (file: string) => symlink("/dev/zero", file)],
])("%s in a file's place is a damaged store, and mended where it can be", async (_, lay) => {
  await store.put(artifact, REFERENCE);
  await rm(fileOf(artifact.wasm));
  await lay(fileOf(artifact.wasm));
  await expect(store.findModule(artifact.digest)).rejects.toMatchObject({ kind: "damagedStore" });
  await store.put(artifact, REFERENCE);
  expect(await store.findModule(artifact.digest)).toBeDefined();

  const index = path.join(folder, "modules/index.json");
  await rm(index);
  await lay(index);
  for (const use of [store.listEntries(), store.put(artifact, REFERENCE)]) {
    await expect(use).rejects.toMatchObject({
      kind: "damagedStore",
      message: `${index} is not a file`,
      todo: expect.stringContaining("geniectl repair"),
    });
  }
});

test("sweeps what a killed writer left long ago, and nothing younger", async () => {
  await store.put(artifact, REFERENCE);
  const [old, young, foreign] = [crypto.randomUUID(), crypto.randomUUID(), "mine.txt"].map((name) =>
    path.join(folder, "modules/.tmp", name.includes(".") ? name : `.${name}.tmp`),
  );
  for (const file of [old, young, foreign]) await writeFile(file ?? "", "");
  for (const file of [old, foreign]) await utimes(file ?? "", 0, 0);
  await store.put(artifact, REFERENCE);
  expect(await readdir(path.join(folder, "modules/.tmp"))).toEqual(
    expect.not.arrayContaining([path.basename(old ?? "")]),
  );
  expect(await readdir(path.join(folder, "modules/.tmp"))).toEqual(
    expect.arrayContaining([path.basename(young ?? ""), "mine.txt"]),
  );
});

test("a file where the store should be is named", async () => {
  await writeFile(path.join(folder, "modules"), "");
  await expect(store.put(artifact, REFERENCE)).rejects.toMatchObject({ kind: "storeFailed" });
  await expect(store.findModule(artifact.digest)).rejects.toThrow(path.join(folder, "modules"));
});

test("many at once lose nothing", async () => {
  const names = Array.from({ length: 20 }, (_, index) => `m${index}`);
  await Promise.all(
    names.map((name) => {
      const each = planArtifact(addNote(artifact.wasm, name), { created: new Date(0) });
      return openStore(path.join(folder, "modules")).put(each, parseReference(`r.example/${name}:1`));
    }),
  );
  const listed = await store.listEntries();
  expect(new Set(listed.map(({ reference }) => reference))).toEqual(
    new Set(names.map((name) => `r.example/${name}:1`)),
  );
  expect(await readdir(path.join(folder, "modules/.tmp"))).toEqual([]);
  expect(await readdir(path.join(folder, "modules"))).not.toContain(".lock");
});
