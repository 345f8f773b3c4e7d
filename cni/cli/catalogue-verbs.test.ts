/** `geniectl search`, `versions` and `deprecate` with a catalogue in a real docker-registry. */
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { putDocument } from "../../registry/catalogue/artifact.ts";
import { parseCatalogueName } from "../../registry/catalogue/name.ts";
import { publishEntry } from "../../registry/catalogue/update.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import type { Digest } from "../../registry/digest.ts";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";

const undo = new AsyncDisposableStack();
let desk: Desk;
let catalogue: string;
let repository: string;
let digest: Digest;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  const { host } = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
  catalogue = `${host}/team/catalogue`;
  repository = `${host}/team/scorer`;
  for (const version of ["1.9.0", "1.10.0"]) {
    const { lastLine } = await desk.run("push", "scorer.wasm", `${repository}:${version}`);
    digest = lastLine as Digest;
    await publish({ repository, version, digest });
  }
  await publish({ repository: `${host}/team/picker`, kind: "selector", description: "Picks by lot" });
});
afterAll(() => undo.disposeAsync());

async function publish(more: Parameters<typeof makeEntry>[0]): Promise<void> {
  using client = new RegistryClient(parseCatalogueName(catalogue));
  await publishEntry(client, makeEntry(more), {});
}

const json = async (...words: string[]) => {
  const { stdout, stderr, exitCode } = await desk.run(...words, "--catalogue", catalogue, "--json");
  expect({ stderr, exitCode }).toEqual({ stderr: "", exitCode: 0 });
  return JSON.parse(stdout);
};

test("search finds by words, and by what a module is", async () => {
  expect(await json("search", "free", "addresses")).toMatchObject([{ repository, version: "1.10.0" }]);
  expect(await json("search", "--kind", "selector")).toMatchObject([{ description: "Picks by lot" }]);
  const { stdout } = await desk.run("search", "lot", "--catalogue", catalogue);
  expect(stdout).toMatch(/^MODULE .*\n.*\/team\/picker:1\.0\.0 +selector +10\.0 kB +no +Picks by lot$/);
  expect((await desk.run("search", "nothing-such", "--catalogue", `${catalogue}:latest`)).stdout).toBe(
    "no module fits; there are 3 versions",
  );
});

test("a catalogue that isn't there, isn't named or is no name is told", async () => {
  expect(await desk.run("search", "--catalogue", `${catalogue}-of-nobody`)).toMatchObject({
    exitCode: 1,
    stderr: `error: there is no catalogue at ${catalogue}-of-nobody: check the name; geniectl publish makes one`,
  });
  expect(await desk.run("search")).toMatchObject({
    exitCode: 2,
    stderr: expect.stringContaining("with --catalogue registry/repository, or in GENIE_CATALOGUE"),
  });
  expect((await desk.run("search", "--catalogue", "nowhere")).exitCode).toBe(2);
});

test("a document that steers terminals doesn't reach one, and hides no other", async () => {
  const other = `${catalogue}-hostile`;
  using client = new RegistryClient(parseCatalogueName(other));
  await publishEntry(client, makeEntry(), {});
  await putDocument(client, makeEntry({ version: "2.0.0", description: "\u001b[2J\u202e<script>" }));
  const { exitCode, stdout, stderr } = await desk.run("search", "--catalogue", other);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("registry.example/team/scorer:1.0.0");
  expect(stderr).toMatch(/^warning: .*-hostile: entry-\w+ can't be read: description: must be one line/);
  for (const steering of ["\u001b", "\u202e"]) expect(stdout + stderr).not.toContain(steering);
});

test("versions come newest first, with what the catalogue says of them", async () => {
  const [newest, older] = await json("versions", repository);
  expect(newest).toMatchObject({ version: "1.10.0", digest, published: digest, deprecated: null });
  expect(older).toMatchObject({ version: "1.9.0" });
  expect((await desk.run("versions", repository)).stdout).toMatch(/^VERSION .*\n1\.10\.0 .*\n1\.9\.0 .*$/);
  expect(await desk.run("versions", `${repository}-of-nobody`)).toMatchObject({
    exitCode: 1,
    stderr: expect.stringContaining(`there is no version of ${repository}-of-nobody`),
  });
});

test("where the module's registry is away, the catalogue's words are shown, and told to be these", async () => {
  const away = "127.0.0.1:1/team/scorer";
  await publish({ repository: away, version: "1.0.0", digest });
  await publish({ repository: away, version: "1.1.0", digest });
  const { exitCode, stdout, stderr } = await desk.run("versions", away, "--catalogue", catalogue, "--json");
  expect(exitCode).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    { version: "1.1.0", digest, published: digest },
    { version: "1.0.0", digest, published: digest },
  ]);
  expect(stderr).toMatch(/^warning: .*127\.0\.0\.1:1.*: these are the catalogue's words/m);
  expect(await desk.run("versions", away)).toMatchObject({ exitCode: 1 });
});

test("a version that leads elsewhere than it was published is told", async () => {
  const moved = `${repository}-moved`;
  await publish({ repository: moved, version: "1.11.0", digest: `sha256:${"0".repeat(64)}` });
  await desk.run("push", "scorer.wasm", `${moved}:1.11.0`);
  const { stderr } = await desk.run("versions", moved, "--catalogue", catalogue);
  expect(stderr).toMatch(
    /^warning: .*\/team\/scorer-moved:1\.11\.0 was published as sha256:0+, but leads to sha256:\w+ now$/,
  );
});

test("deprecate says why and what to use, search and versions repeat it, and --undo takes it back", async () => {
  const old = `${repository}:1.9.0`;
  const instead = `${repository}:1.10.0`;
  await json("deprecate", old, "--reason", "rounds wrong", "--instead", instead);
  expect((await json("versions", repository)).at(-1)).toMatchObject({
    deprecated: { reason: "rounds wrong", replacedBy: instead },
  });
  const { stdout } = await desk.run("versions", repository, "--catalogue", catalogue);
  expect(stdout).toContain(`deprecated: rounds wrong; use ${instead}`);
  await json("deprecate", old, "--undo");
  expect((await json("versions", repository)).at(-1)).toMatchObject({ deprecated: null });
});

test.each<[string, string[], { exitCode: number; words: string }]>([
  ["a version that isn't there", ["scorer:7.0.0", "--reason", "x"], { exitCode: 1, words: "has no " }],
  [
    "a moving tag",
    ["scorer:latest", "--reason", "x"],
    { exitCode: 1, words: ":latest is no version: such a tag moves" },
  ],
  ["no reason", ["scorer:1.9.0"], { exitCode: 2, words: "name a --reason, or --undo" }],
  [
    "a reason without an end",
    ["scorer:1.9.0", "--reason", "x".repeat(600)],
    { exitCode: 2, words: "1 to 500 characters" },
  ],
  ["an empty reason", ["scorer:1.9.0", "--reason", "\u001b"], { exitCode: 2, words: "1 to 500 characters" }],
  [
    "a reason and its contrary",
    ["scorer:1.9.0", "--reason", "x", "--undo"],
    { exitCode: 2, words: "cannot be used with" },
  ],
  [
    "itself in its place",
    ["scorer:1.9.0", "--reason", "x", "--instead", "ITSELF"],
    { exitCode: 1, words: "name another version or module, or leave --instead out" },
  ],
])("deprecate refuses %s", async (_, [name = "", ...more], { exitCode, words }) => {
  const reference = `${path.dirname(repository)}/${name}`;
  const ran = await desk.run(
    "deprecate",
    reference,
    "--catalogue",
    catalogue,
    ...more.map((word) => (word === "ITSELF" ? reference : word)),
  );
  expect(ran.exitCode).toBe(exitCode);
  expect(ran.stderr).toContain(words);
});
