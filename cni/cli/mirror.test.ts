import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { makeReferrer } from "../../test/fakes/referrer.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { hexOf, isDigest, type Digest } from "../../registry/digest.ts";
import { pushCollection } from "../../registry/mirror/push.ts";
import type { ArtifactReader } from "../../registry/reader.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";

const undo = new AsyncDisposableStack();
let here: RegistryServer;
let there: RegistryServer;
beforeAll(async () => {
  const { folder } = undo.use(await makeDesk());
  here = undo.use(await startRegistry({ dir: path.join(folder, "here") }));
  there = undo.use(await startRegistry({ dir: path.join(folder, "there") }));
});
afterAll(() => undo.disposeAsync());

let desk: Desk;
beforeEach(async () => {
  desk = await makeDesk();
});
afterEach(() => desk[Symbol.asyncDispose]());

const run = (...args: string[]) => desk.run(...args);

/** Publishes a module with a README that refers to it, a note about that, and a signature under cosign's tag. */
async function publish(repository: string) {
  const name = `${here.host}/${repository}:1`;
  const { lastLine } = await run("push", "scorer.wasm", name, "--store", "own");
  const digest: Digest = isDigest(lastLine) ? lastLine : "sha256:";
  using client = new RegistryClient(parseReference(name));
  const manifest = await client.getManifest(digest);
  const readme = makeReferrer({ subject: { bytes: manifest }, artifactType: "a/readme", layer: "# hi" });
  const note = makeReferrer({
    subject: { bytes: readme.manifest },
    artifactType: "a/note",
    layer: "about it",
  });
  const sig = makeReferrer({ artifactType: "a/sig", layer: `signed ${repository}` });
  const root = { digest, manifest, blobs: [] };
  const tagged = [{ ...sig, tag: `sha256-${hexOf(digest)}.sig` }];
  await pushCollection(client, { root, referrers: [readme, note], tagged }, undefined);
  return { name, digest, readme, note, sig };
}

type Published = Awaited<ReturnType<typeof publish>>;

async function expectWhole(reader: ArtifactReader, published: Published): Promise<void> {
  expect(await findAll(reader, published)).toEqual([
    published.digest,
    [published.readme.digest],
    [published.note.digest],
    Buffer.from(published.sig.manifest),
  ]);
}

async function findAll(reader: ArtifactReader, { digest, readme }: Published) {
  const list = async (subject: Digest) => (await reader.listReferrers(subject)).map((each) => each.digest);
  return [
    (await reader.findManifest(digest)) && digest,
    await list(digest),
    await list(readme.digest),
    await reader.findManifest(`sha256-${hexOf(digest)}.sig`),
  ];
}

test("into an archive and out of it, into a store and into a registry: all that belongs to a module comes along", async () => {
  const published = await publish("genie/one");
  const packed = await run("mirror", published.name, "--to", "modules.tar");
  expect(packed).toMatchObject({ exitCode: 0, stderr: "", lastLine: published.digest });
  expect(packed.stdout).toContain(`${published.name} → modules.tar, with 3 that belong to it`);

  const stored = await run("mirror", "--from", "modules.tar", "--store", "store", "--json");
  expect(JSON.parse(stored.stdout)).toEqual({
    digest: published.digest,
    artifacts: [{ reference: published.name, digest: published.digest, target: "store", companions: 3 }],
  });
  const store = openStore(path.join(desk.folder, "store"));
  await expectWhole(store.reader(parseReference(published.name)), published);
  const [listed] = JSON.parse((await run("list", "--store", "store", "--json")).stdout);
  expect(listed).toMatchObject({ digest: published.digest, references: [published.name], prepared: true });

  const target = `${there.host}/site/genie/one:1`;
  const pushed = await run("mirror", "--from", "modules.tar", "--to", `${there.host}/site`);
  expect(pushed).toMatchObject({ exitCode: 0, lastLine: published.digest });
  expect(pushed.stdout).toContain(`${published.name} → ${target}`);
  using client = new RegistryClient(parseReference(target));
  await expectWhole(client, published);
  expect(await client.findDigest("1")).toBe(published.digest);
});

test("the same modules make the same archive", async () => {
  const [one, two] = [await publish("genie/first"), await publish("genie/second")];
  await run("mirror", one.name, two.name, "--to", "a.tar");
  await run("mirror", two.name, one.name, two.name, "--to", "b.tar");
  const [a, b] = await Promise.all(["a.tar", "b.tar"].map((name) => readFile(path.join(desk.folder, name))));
  expect(a?.equals(b ?? Buffer.alloc(0))).toBe(true);
});

test("from registry to registry, all that a configuration names", async () => {
  const published = await publish("genie/conf");
  const pin = `${here.host}/genie/conf@${published.digest}`;
  const genie = { selection: { scorers: [{ module: pin }] } };
  await writeFile(path.join(desk.folder, "genie.conf"), JSON.stringify({ type: "genie", genie }));
  const mirrored = await run("mirror", "--config", "genie.conf", "--to", there.host);
  expect(mirrored).toMatchObject({ exitCode: 0, stderr: "", lastLine: published.digest });
  expect(mirrored.stdout).toContain(`→ ${there.host}/genie/conf@${published.digest}`);
  using client = new RegistryClient(parseReference(`${there.host}/genie/conf:1`));
  await expectWhole(client, published);
  expect(await run("mirror", "--config", "genie.conf", "--to", there.host)).toMatchObject({ exitCode: 0 });
});

test("what isn't there leaves no archive", async () => {
  const published = await publish("genie/there");
  const failed = await run("mirror", published.name, `${here.host}/genie/nothing:1`, "--to", "modules.tar");
  expect(failed).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("genie/nothing:1 is not there"),
  });
  await expect(readFile(path.join(desk.folder, "modules.tar"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a hostile archive leaves no store", async () => {
  const published = await publish("genie/hostile");
  await run("mirror", published.name, "--to", "modules.tar");
  const file = path.join(desk.folder, "modules.tar");
  const bytes = await readFile(file);
  const at = bytes.indexOf("# hi");
  await writeFile(file, Buffer.concat([bytes.subarray(0, at), Buffer.from("# ho"), bytes.subarray(at + 4)]));
  const { exitCode, stderr } = await run("mirror", "--from", "modules.tar", "--store", "store");
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(
    /^error: modules\.tar holds other bytes as blobs\/sha256\/[a-f0-9]{64}: make it anew/,
  );
  await expect(readFile(path.join(desk.folder, "store/index.json"))).rejects.toMatchObject({
    code: "ENOENT",
  });
});

test("with a trust policy, an archive brings what is signed and refuses the rest", async () => {
  const published = await publish("genie/trusted");
  await run("mirror", published.name, "--to", "unsigned.tar");
  await run("keygen", "team");
  await run("sign", published.name, "--key", "team.key");
  await run("mirror", published.name, "--to", "signed.tar");
  const rule = { allOf: [{ key: path.join(desk.folder, "team.pub"), name: "team" }] };
  const policy = { repositories: { [`${here.host}/genie`]: rule } };
  await writeFile(path.join(desk.folder, "trust.json"), JSON.stringify(policy));
  const take = (file: string) => run("mirror", "--from", file, "--store", "store", "--policy", "trust.json");
  expect(await take("unsigned.tar")).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining("refuses"),
  });
  expect(await run("list", "--store", "store", "--json")).toMatchObject({ stdout: "[]" });
  expect(await take("signed.tar")).toMatchObject({ exitCode: 0, stderr: "", lastLine: published.digest });
  const verified = await run("verify", published.name, "--policy", "trust.json", "--store", "store");
  expect(verified).toMatchObject({ exitCode: 0 });
});

test.each([
  ["nothing"],
  ["no target", "r.example/a:1"],
  ["two sources", "r.example/a:1", "--from", "x.tar"],
  ["a home without an archive", "r.example/a:1", "--to", "x.tar", "--repository", "r.example/a"],
])("%s is a wrong use", async (_, ...args) => {
  expect(await run("mirror", ...args)).toMatchObject({ exitCode: 2 });
});

test("two modules of one name are refused before anything is asked", async () => {
  const names = ["a.example/m:1", "b.example/m:1"];
  const { exitCode, stderr } = await run("mirror", ...names, "--to", `${there.host}/site`);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`would both be ${there.host}/site/m:1`);
});
