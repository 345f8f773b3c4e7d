/** `geniectl publish` with a module of genie's own, and a catalogue in a real docker-registry. */
import { cp, readFile, rm, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { readEmbeddedMetadata, withMetadata } from "../../core/metadata/embedded.ts";
import { findBenchmark } from "../../registry/artifact/benchmark.ts";
import { RegistryClient } from "../../registry/client/client.ts";
import { findDocument, findGolden, findReadme } from "../../registry/artifact/document.ts";
import { parseReference } from "../../registry/reference.ts";
import { CLONE_DIR, DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";

/** A machine that is busy must not make a test fail. */
const PATIENT = ["--deadline-ms", "10000", "--rounds", "3"];

const undo = new AsyncDisposableStack();
let desk: Desk;
let registry: RegistryServer;
let count = 0;
let catalogue: string;
let repository: string;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  registry = undo.use(await startRegistry({ dir: path.join(desk.folder, "registry") }));
  for (const name of ["golden.json", "README.md"]) {
    await cp(path.join(CLONE_DIR, "selectors/occupancy", name), at(name));
  }
  await cp(path.join(DIST_DIR, "modules/occupancy.wasm"), at("occupancy.wasm"));
  const component = await readFile(at("occupancy.wasm"));
  const { metadata } = readEmbeddedMetadata(component);
  if (metadata === undefined) throw new Error("no metadata");
  await writeFile(at("other.wasm"), withMetadata(component, { ...metadata, description: "other bytes" }));
});
afterAll(() => undo.disposeAsync());
beforeEach(() => {
  catalogue = `${registry.host}/t${count}/catalogue`;
  repository = `${registry.host}/t${count++}/occupancy`;
});

const at = (name: string) => path.join(desk.folder, name);
const publish = (target: string, ...more: string[]) =>
  desk.run("publish", target, `${repository}:1.0.0`, "--catalogue", catalogue, ...PATIENT, ...more);

/** Nothing of it can be found. */
async function expectNothing(): Promise<void> {
  expect((await desk.run("search", "--catalogue", catalogue)).stderr).toContain("there is no catalogue at");
  expect((await desk.run("versions", repository)).stderr).toContain("there is no version of");
}

test("the module's own repository is no catalogue: its tags would show among the versions", async () => {
  catalogue = repository;
  const { exitCode, stderr } = await publish("occupancy.wasm");
  expect(exitCode).toBe(1);
  expect(stderr).toContain(`the catalogue ${repository} is the module's own repository`);
  expect(stderr).toContain("name another repository for the catalogue");
  expect((await desk.run("versions", repository)).stderr).toContain("there is no version of");
});

test("one command, and it can be found, read about and pulled", async () => {
  const notes = ["--licence", "Apache-2.0", "--source", "https://git.example/occupancy"];
  const made = JSON.parse((await desk.run("keygen", "--json")).stdout);
  const { exitCode, stdout, stderr, lastLine } = await publish("occupancy.wasm", ...notes, "--key", made.key);
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  expect(stdout.split("\n").map((line) => line.replace(/\d+(?:\.\d+)? (?=ms|kB)/, "N "))).toEqual([
    `occupancy.wasm: N kB, ${lastLine}`,
    expect.stringMatching(
      /^a node takes this scorer; \d+ golden cases pass; N ms for 10 candidates \(p50\)$/,
    ),
    "pushing it, where nobody sees it yet …",
    "signing it …",
    "adding it to the catalogue …",
    "setting its tag …",
    "renewing the catalogue's roll-up …",
    lastLine,
  ]);

  const found = await desk.run("search", "free", "--kpi", "occupancy", "--catalogue", catalogue, "--json");
  expect(JSON.parse(found.stdout)).toMatchObject([
    {
      repository,
      version: "1.0.0",
      digest: lastLine,
      kind: "scorer",
      world: "genie:selection@1.0.0",
      kpis: { required: ["occupancy"] },
      licence: "Apache-2.0",
      source: "https://git.example/occupancy",
      bench: { candidates: 10 },
      signers: [made.keyId],
    },
  ]);
  expect(await desk.run("verify", `${repository}:1.0.0`, "--key", made.publicKey)).toMatchObject({
    exitCode: 0,
    lastLine,
  });
  const reference = parseReference(`${repository}:1.0.0`);
  using client = new RegistryClient(reference, { env: {} });
  const digest = JSON.parse(found.stdout)[0].digest;
  expect(await findGolden(client, digest)).toBe(await readFile(at("golden.json"), "utf8"));
  expect(await findReadme(client, digest)).toBe(await readFile(at("README.md"), "utf8"));
  expect(findBenchmark((await findDocument(client, digest, "benchmark")) ?? "")?.latencies).toHaveLength(4);
  expect(await desk.run("pull", `${repository}:1.0.0`, "--store", at("store"))).toMatchObject({
    exitCode: 0,
    lastLine,
  });
});

test("again it changes nothing, and other bytes are refused", async () => {
  const { lastLine } = await publish("occupancy.wasm");
  const again = await publish("occupancy.wasm");
  expect(again).toMatchObject({ exitCode: 0, lastLine });
  expect(again.stderr).toMatch(
    /^warning: it stays unsigned: a node with a trust policy refuses it; see --key$/,
  );
  const other = await publish("other.wasm");
  expect(other).toMatchObject({
    exitCode: 1,
    stderr: expect.stringMatching(
      /^error: .*:1\.0\.0 is in the catalogue already: sha256:.*: publish it under the next version/,
    ),
  });
  expect(await desk.run("versions", repository, "--json")).toMatchObject({
    stdout: expect.stringContaining(lastLine),
  });
});

test("a dry run does all but what others could see", async () => {
  const { exitCode, stdout, lastLine } = await publish("occupancy.wasm", "--dry-run");
  expect(exitCode).toBe(0);
  expect(stdout).toContain(`would push it with golden, readme, benchmark, add it to ${catalogue}`);
  await expectNothing();
  expect((await publish("occupancy.wasm")).lastLine).toBe(lastLine);
  expect((await publish("other.wasm", "--dry-run")).stderr).toContain("is in the catalogue already");
});

test("JSON is one document", async () => {
  const { stdout } = await publish("occupancy.wasm", "--dry-run", "--json");
  expect(JSON.parse(stdout)).toMatchObject({
    reference: `${repository}:1.0.0`,
    catalogue,
    isPublished: false,
    entry: { kind: "scorer" },
    warnings: [],
  });
});

test.each<[string, string[], string]>([
  [
    "a module that fails a golden case",
    ["occupancy.wasm", "--cases", "wrong.json"],
    "its golden case wrong failed: blue: expected score 1, got rejected",
  ],
  ["a module without golden cases", ["alone/occupancy.wasm"], "golden.json is not there: write golden cases"],
  ["golden cases that are none", ["occupancy.wasm", "--cases", "README.md"], "README.md is not JSON"],
  ["a component that is no module", ["hollow.wasm", "--no-cases"], "no node takes hollow.wasm"],
  ["a README without an end", ["occupancy.wasm", "--readme", "long.md"], "long.md has "],
  ["a licence that is none", ["occupancy.wasm", "--licence", "nope nope"], "no SPDX expression"],
])("%s is not published", async (_, [target = "", ...more], words) => {
  await cp(at("occupancy.wasm"), at("alone/occupancy.wasm"));
  await cp(at("scorer.wasm"), at("hollow.wasm"));
  await writeFile(at("long.md"), "x".repeat(300_000));
  const wrong = [{ name: "wrong", candidates: { blue: { occupancy: 1 } }, answer: { blue: 1 } }];
  await writeFile(at("wrong.json"), JSON.stringify(wrong));
  const { exitCode, stderr } = await publish(target, ...more);
  expect(exitCode).toBe(1);
  expect(stderr).toContain(words);
  await expectNothing();
});

test("a version that moves is none", async () => {
  const words = ["publish", "occupancy.wasm", `${repository}:latest`, "--catalogue", catalogue];
  expect((await desk.run(...words)).stderr).toContain(":latest is no version: such a tag moves");
});

test("a module's folder is built, and published without golden cases and README when told so", async () => {
  await desk.run("new", "scorer", "--lang", "assemblyscript", "near");
  await rm(at("near/golden.json"));
  const published = await publish("near", "--no-cases", "--no-readme");
  expect(published).toMatchObject({ exitCode: 0, stdout: expect.not.stringContaining("golden") });
  using client = new RegistryClient(parseReference(`${repository}:1.0.0`), { env: {} });
  const digest = published.lastLine as `sha256:${string}`;
  expect((await client.listReferrers(digest)).map(({ artifactType }) => artifactType)).toEqual([
    "application/vnd.cni-genie.bench.v1",
  ]);
});
