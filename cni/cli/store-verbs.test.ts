import { mkdir, readdir, rm, utimes, writeFile } from "node:fs/promises";
import path from "node:path";
import { expect, test } from "vitest";
import { addNote, makeComponent, SCORER } from "../../test/fakes/component.ts";
import { makeDesk } from "../../test/setup/geniectl.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { hexOf, sha256 } from "../../registry/digest.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";

const component = await makeComponent(SCORER);
const make = (note: string) => planArtifact(addNote(component, note), { created: new Date(0) });
const DAY_MS = 86_400_000;

/** A desk with a store of two modules, two days old, one of them pinned by the only configuration in `net.d`. */
async function setUp() {
  const desk = await makeDesk();
  const [pinned, other] = [make("pinned"), make("other")];
  const folder = path.join(desk.folder, "modules");
  const store = openStore(folder);
  const pin = `r.example/a@${pinned.digest}`;
  await store.put(pinned, parseReference(pin));
  await store.put(other, parseReference(`r.example/b@${other.digest}`));
  const old = new Date(Date.now() - 2 * DAY_MS);
  const blobs = path.join(folder, "blobs/sha256");
  for (const name of await readdir(blobs)) await utimes(path.join(blobs, name), old, old);
  const netd = path.join(desk.folder, "net.d");
  await mkdir(netd);
  const genie = { moduleStore: folder, selection: { scorers: [{ module: pin }] } };
  await writeFile(path.join(netd, "00-genie.conf"), JSON.stringify({ type: "genie", genie }));
  await writeFile(path.join(netd, "10-blue.conflist"), JSON.stringify({ name: "blue", plugins: [] }));
  return { desk, store, folder, netd, pinned, other, pin, blobs };
}

test("prune shows what would go, removes it, and leaves what the node's configuration names", async () => {
  const { desk, store, folder, netd, pinned, other } = await setUp();
  await using _desk = desk;
  const dry = await desk.run("prune", "--conf-dir", netd, "--dry-run");
  expect(dry).toMatchObject({ exitCode: 0, stderr: "" });
  expect(dry.stdout).toContain(`r.example/b@${other.digest}`);
  expect(dry.lastLine).toMatch(/^would be removed from .*: 1 artifact, 3 files, .* kB; 1 artifact stays$/);
  expect(dry.stdout).toContain("what was pulled in the last 24 hours is kept: --older-than 0");
  expect(await store.findModule(other.digest)).toBeDefined();
  const done = await desk.run("prune", "--conf-dir", netd, "--json");
  expect(JSON.parse(done.stdout)).toMatchObject({
    store: folder,
    dryRun: false,
    configs: [path.join(netd, "00-genie.conf")],
    artifacts: [{ digest: other.digest, references: [`r.example/b@${other.digest}`] }],
    kept: 1,
    files: 3,
  });
  expect(await store.findModule(other.digest)).toBeUndefined();
  expect(await store.findModule(pinned.digest)).toBeDefined();
});

test("prune keeps what is young, and what each named configuration names", async () => {
  const { desk, store, netd, other } = await setUp();
  await using _desk = desk;
  expect(await desk.run("prune", "--conf-dir", netd, "--older-than", "72")).toMatchObject({ exitCode: 0 });
  expect(await store.findModule(other.digest)).toBeDefined();
  const selection = { selector: { module: `r.example/b@${other.digest}` } };
  await writeFile(
    path.join(desk.folder, "more.conf"),
    JSON.stringify({ type: "genie", genie: { selection } }),
  );
  const named = await desk.run("prune", "--config", "more.conf", "--conf-dir", netd, "--store", "modules");
  expect(named).toMatchObject({ exitCode: 0, lastLine: expect.stringContaining("2 artifacts stay") });
});

test.each([
  [
    "no configuration",
    (netd: string) => writeFile(path.join(netd, "00-genie.conf"), "{}"),
    "holds no configuration",
  ],
  [
    "a broken one",
    (netd: string) => writeFile(path.join(netd, "05-x.conf"), '{"type":"genie",'),
    "05-x.conf:1",
  ],
])("prune removes nothing with %s", async (_, change, message) => {
  const { desk, store, netd, other } = await setUp();
  await using _desk = desk;
  await change(netd);
  const { exitCode, stderr } = await desk.run("prune", "--conf-dir", netd, "--store", "modules");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(message);
  expect(await store.findModule(other.digest)).toBeDefined();
});

test("wrong hours are a wrong use", async () => {
  await using desk = await makeDesk();
  expect(await desk.run("prune", "--older-than", "soon")).toMatchObject({ exitCode: 2 });
});

test("repair makes a damaged index anew, gives lost names back, and names damaged files", async () => {
  const { desk, folder, netd, pinned, pin, blobs, other } = await setUp();
  await using _desk = desk;
  for (const name of ["index.json", ".index-copy"]) await writeFile(path.join(folder, name), "");
  const listed = await desk.run("list", "--store", folder);
  expect(listed).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("run geniectl repair") });
  const repaired = await desk.run("repair", "--config", path.join(netd, "00-genie.conf"));
  expect(repaired).toMatchObject({ exitCode: 0, stderr: "" });
  expect(repaired.stdout).toContain("the index was damaged, and is made anew");
  const modules = JSON.parse((await desk.run("list", "--store", folder, "--json")).stdout);
  expect(modules).toEqual(
    expect.arrayContaining([
      expect.objectContaining({ digest: pinned.digest, references: [pin], fault: null }),
      expect.objectContaining({ digest: other.digest, references: [], fault: null }),
    ]),
  );
  const file = path.join(blobs, hexOf(sha256(pinned.wasm)));
  await writeFile(file, "rotten");
  const damaged = await desk.run("repair", "--store", folder);
  expect(damaged).toMatchObject({ exitCode: 1, stderr: expect.stringContaining("1 of 6 files") });
  expect(damaged.lastLine).toBe(`damaged: ${file}, of ${pin}`);
  const json = JSON.parse((await desk.run("repair", "--store", folder, "--json")).stdout);
  expect(json).toMatchObject({ store: folder, isIndexSound: true, damaged: [{ file, references: [pin] }] });
  await rm(file);
  const missing = await desk.run("repair", "--store", folder);
  expect(missing).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`1 file of ${folder} can't be found: pull again`),
  });
  expect(missing.lastLine).toBe(`missing: ${file}, of ${pin}`);
});
