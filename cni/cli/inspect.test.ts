/** `geniectl inspect` of what `geniectl publish` made, and of what nobody should believe. */
import { cp, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { parseReference } from "../../registry/reference.ts";
import { pushArtifact } from "../../registry/transfer.ts";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { CLONE_DIR, DIST_DIR } from "../../test/setup/build.ts";
import { type Desk, makeDesk } from "../../test/setup/geniectl.ts";

const undo = new AsyncDisposableStack();
let desk: Desk;
let registry: FakeRegistry;
let reference: string;
let catalogue: string;
let digest: string;
beforeAll(async () => {
  desk = undo.use(await makeDesk());
  registry = undo.use(await startFakeRegistry());
  catalogue = `${registry.host}/team/catalogue`;
  reference = `${registry.host}/team/occupancy:1.0.0`;
  for (const name of ["golden.json", "README.md"]) {
    await cp(path.join(CLONE_DIR, "selectors/occupancy", name), at(name));
  }
  await cp(path.join(DIST_DIR, "modules/occupancy.wasm"), at("occupancy.wasm"));
  await desk.run("keygen", "mine");
  const patient = ["--deadline-ms", "10000", "--rounds", "3"];
  const words = ["publish", "occupancy.wasm", reference, "--catalogue", catalogue, ...patient];
  digest = (
    await desk.run(...words, "--licence", "Apache-2.0", "--title", "Free addresses", "--key", "mine.key")
  ).lastLine;
}, 120_000);
afterAll(() => undo.disposeAsync());

const at = (name: string) => path.join(desk.folder, name);

async function makePolicy(key: string): Promise<string> {
  const policy = { repositories: { [registry.host]: { allOf: [{ key: at(key) }] } } };
  await writeFile(at(`${key}.json`), JSON.stringify(policy));
  return `${key}.json`;
}

test("shows what is known, and the line that pins it", async () => {
  const { exitCode, stdout, stderr, lastLine } = await desk.run(
    "inspect",
    reference,
    "--catalogue",
    catalogue,
  );
  expect({ exitCode, stderr, lastLine }).toEqual({ exitCode: 0, stderr: "", lastLine: digest });
  const rows = new Map(stdout.split("\n").map((line) => line.split(/ {2,}/, 2) as [string, string]));
  expect(Object.fromEntries(rows)).toMatchObject({
    module: "scorer, genie:selection@1.0.0",
    description: "prefers networks with free addresses",
    title: "Free addresses",
    version: "1.0.0",
    licence: "Apache-2.0",
    "needs KPIs": "occupancy",
    "settings.rejectAt": expect.stringMatching(/^number, default 1: the occupancy from which/),
    signatures: "sig, bundle; unchecked: see geniectl verify",
    "signed by": expect.stringMatching(/^[\w+/]{43}=, as its publisher says$/),
    published: expect.stringMatching(/^\d{4}-/),
  });
  expect(rows.get("beside it")?.split(", ").toSorted()).toEqual(["benchmark", "golden", "readme"]);
  expect(stdout).toContain(`geniectl pin --config FILE ${registry.host}/team/occupancy@${digest}\n`);
});

test("JSON is one document, and holds the signatures against the policy", async () => {
  const read = async (key: string) => {
    const words = ["inspect", reference, "--policy", await makePolicy(key), "--json"];
    return JSON.parse((await desk.run(...words)).stdout);
  };
  expect(await read("mine.pub")).toMatchObject({
    reference,
    digest,
    kind: "scorer",
    imports: [],
    admitted: true,
    refusal: null,
    signatures: [{ state: "holds" }, { state: "holds" }],
    catalogue: null,
    faults: [],
  });
  await desk.run("keygen", "other");
  expect(await read("other.pub")).toMatchObject({
    admitted: false,
    refusal: expect.stringContaining("no signature holds"),
    signatures: [{ state: "doesn't count" }, { state: "doesn't count" }],
  });
});

test("where the manifest says something else than the module, the module counts and it is said", async () => {
  const hostile = `${registry.host}/team/liar:1.0.0`;
  const artifact = planArtifact(await makeComponent(SCORER), {
    created: new Date(0),
    annotations: {
      "io.github.cni-genie.module.kind": "selector",
      "org.opencontainers.image.licenses": "\u001b[31mMIT",
    },
  });
  await pushArtifact(artifact, parseReference(hostile), { env: {} });
  const { exitCode, stdout, stderr } = await desk.run("inspect", hostile);
  expect(exitCode).toBe(0);
  expect(stdout).toMatch(/^module +scorer, /m);
  expect(stderr).toMatch(/^warning: .*module\.kind says "selector", the module itself "scorer"$/m);
  expect(stdout).toMatch(/^signatures +none$/m);
  expect(stdout + stderr).not.toContain("\u001b");
});

test("what isn't there, or is no module, is told", async () => {
  expect(await desk.run("inspect", `${registry.host}/team/nobody:1`)).toMatchObject({ exitCode: 1 });
  const { exitCode, stderr } = await desk.run("inspect", `${catalogue}:latest`);
  expect(exitCode).toBe(1);
  expect(stderr).toMatch(/is no wasm module/);
});

test.each(["inspect", "diff"])("%s reads no configuration, and its help speaks of none", async (verb) => {
  const { stdout } = await desk.run(verb, "--help");
  expect(stdout.replace(/\s+/g, " ")).toContain("(default: /etc/genie/trust.json if it is there)");
});
