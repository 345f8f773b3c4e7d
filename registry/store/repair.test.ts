import { rmSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { type Digest, hexOf, sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { repairStore } from "./repair.ts";
import { openStore, type Store } from "./store.ts";

const REFERENCE = parseReference("r.example/genie/scorer:1");
const component = await makeComponent(SCORER);

let folder: string;
let store: Store;
let module: Artifact;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-repair-"));
  store = openStore(folder);
  module = planArtifact(component, { created: new Date(0) });
  await store.put(module, REFERENCE);
});
afterEach(() => rm(folder, { recursive: true }));

const fileOf = (bytes: Uint8Array) => path.join(folder, "blobs/sha256", hexOf(sha256(bytes)));
const spoil = (name: "index.json" | ".index-copy", text = "") => writeFile(path.join(folder, name), text);
const repair = (referenceByDigest: ReadonlyMap<Digest, string> = new Map()) =>
  repairStore(folder, { referenceByDigest, signal: new AbortController().signal });

test("a sound store stays as it is", async () => {
  const before = await readFile(path.join(folder, "index.json"));
  expect(await repair()).toEqual({
    checkedFiles: 3,
    isIndexSound: true,
    added: [],
    damaged: [],
    missing: [],
  });
  expect(await readFile(path.join(folder, "index.json"))).toEqual(before);
});

test.each(["", "{", '{"schemaVersion":1}'])(
  "an index that is %j is made anew, with its names",
  async (text) => {
    const before = await store.listEntries();
    await spoil("index.json", text);
    expect(await repair()).toMatchObject({ isIndexSound: false, added: [], damaged: [] });
    expect(await store.listEntries()).toEqual(before);
  },
);

test("without its copy, too, nothing is lost but names, and those that a configuration has are given back", async () => {
  const other = planArtifact(addNote(component, "other"), { created: new Date(0) });
  const readme = makeReferrer({ subject: { bytes: module.manifest }, artifactType: "a/b", layer: "readme" });
  await store.put(other, parseReference("r.example/genie/other:1"));
  await store.putArtifact(readme);
  await spoil("index.json");
  await spoil(".index-copy");
  const name = `r.example/genie/other@${other.digest}`;
  const { added } = await repair(new Map([[other.digest, name]]));
  expect(new Set(added)).toEqual(new Set([module.digest, other.digest, readme.digest]));
  expect(await store.listEntries()).toEqual(
    expect.arrayContaining([
      { digest: module.digest, reference: undefined },
      { digest: other.digest, reference: name },
    ]),
  );
  expect(await store.reader(REFERENCE).listReferrers(module.digest)).toHaveLength(1);
  await store.put(module, REFERENCE); // what stopped writers before
});

test("an entry that another program's write has lost is there again", async () => {
  await spoil("index.json", '{"schemaVersion":2,"manifests":[]}');
  expect(await repair()).toMatchObject({ isIndexSound: true, added: [module.digest] });
  expect(await store.findModule(module.digest)).toBeDefined();
});

test("a damaged file is told with what it belongs to, and stays for a pull to mend", async () => {
  await writeFile(fileOf(module.wasm), "rotten");
  const damaged = [
    { file: fileOf(module.wasm), digest: sha256(module.wasm), references: ["r.example/genie/scorer:1"] },
  ];
  expect(await repair()).toMatchObject({ checkedFiles: 3, damaged });
  await store.put(module, REFERENCE);
  expect(await repair()).toMatchObject({ damaged: [] });
});

test("a file that is missing, or is none, is told with what it belongs to", async () => {
  const lost = (bytes: Uint8Array) => ({
    file: fileOf(bytes),
    digest: sha256(bytes),
    references: ["r.example/genie/scorer:1"],
  });
  await rm(fileOf(module.wasm));
  await rm(fileOf(module.config));
  await mkdir(fileOf(module.config));
  expect(await repair()).toMatchObject({ damaged: [], missing: [lost(module.config), lost(module.wasm)] });
  await rm(fileOf(module.manifest));
  expect(await repair()).toMatchObject({ damaged: [], missing: [lost(module.manifest)] });
});

test("a link stands for what it leads to", async () => {
  const file = fileOf(module.wasm);
  await rename(file, path.join(folder, "kept"));
  await symlink(path.join(folder, "kept"), file);
  expect(await repair()).toMatchObject({ checkedFiles: 3, damaged: [], missing: [] });
  await writeFile(path.join(folder, "kept"), "rotten");
  expect(await repair()).toMatchObject({ damaged: [{ file }], missing: [] });
  await rm(file);
  await symlink("/dev/zero", file);
  expect(await repair()).toMatchObject({ damaged: [], missing: [{ file }] });
});

test("a link to itself is told as others that lead nowhere, and a pull mends it", async () => {
  for (const bytes of [module.manifest, module.wasm]) {
    const file = fileOf(bytes);
    await rm(file);
    await symlink(path.basename(file), file);
    expect(await repair()).toMatchObject({ damaged: [], missing: [{ file, digest: sha256(bytes) }] });
    await expect(store.findModule(module.digest)).rejects.toMatchObject({ kind: "damagedStore" });
    await store.put(module, REFERENCE);
    expect(await repair()).toMatchObject({ checkedFiles: 3, damaged: [], missing: [] });
  }
});

test("a folder in the index's place is to be removed first", async () => {
  const file = path.join(folder, "index.json");
  await rm(file);
  await mkdir(file);
  const told = {
    kind: "damagedStore",
    message: `${file} is not a file`,
    todo: expect.stringMatching(/^remove it, then run geniectl repair/),
  };
  await expect(repair()).rejects.toMatchObject(told);
  await expect(store.listEntries()).rejects.toMatchObject(told);
  await rm(file, { recursive: true });
  await repair();
  expect(await store.listEntries()).toHaveLength(1);
});

test("a damaged manifest keeps its name", async () => {
  await writeFile(fileOf(module.manifest), "{}");
  expect(await repair()).toMatchObject({ damaged: [{ references: ["r.example/genie/scorer:1"] }] });
  expect(await store.listEntries()).toHaveLength(1);
});

test("stops when it is told to", async () => {
  const signal = AbortSignal.abort();
  await expect(repairStore(folder, { referenceByDigest: new Map(), signal })).rejects.toThrow("aborted");
});

test("what is removed meanwhile is no damage: repair may run beside prune", async () => {
  await store.put(
    planArtifact(addNote(component, "other"), { created: new Date(0) }),
    parseReference("r.example/b:1"),
  );
  let checked = 0;
  const signal: AbortSignal = Object.assign(new AbortController().signal, {
    throwIfAborted: () => {
      if (checked++ === 0) rmSync(path.join(folder, "blobs/sha256"), { recursive: true });
    },
  });
  expect(await repairStore(folder, { referenceByDigest: new Map(), signal })).toMatchObject({
    checkedFiles: 0,
    damaged: [],
  });
});
