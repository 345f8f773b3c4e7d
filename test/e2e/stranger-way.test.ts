/** Two strangers with nothing of genie but the package: a team publishes and signs, an admin elsewhere trusts its key. */
import { copyFile, readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { addNamespace } from "../setup/namespace.ts";
import { startRegistry } from "../setup/registry-server.ts";
import { ensureSkopeo } from "../setup/tools.ts";
import { type AuthorFolder, makeAuthorFolder, PATIENT } from "./author-folder.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

const SUBNETS = {
  blue: { cidr: "10.40.1.0/28", gateway: "10.40.1.1" },
  green: { cidr: "10.40.2.0/28", gateway: "10.40.2.1" },
  red: { cidr: "10.40.3.0/28", gateway: "10.40.3.1" },
};
/** A busy machine must not decide which network a pod gets. */
const DEADLINE_MS = 5_000;
const CONFIG = "genie.conf";

const undo = new AsyncDisposableStack();
let team: AuthorFolder;
let admin: AuthorFolder;
let node: TestNode;
let host: string;

beforeAll(async () => {
  [team, admin] = await Promise.all([makeAuthorFolder(), makeAuthorFolder()]);
  undo.use(team);
  undo.use(admin);
  node = undo.use(await makeNode(SUBNETS));
  ({ host } = undo.use(await startRegistry({ dir: path.join(team.dir, "registry") })));
  await team.geniectl("new", "scorer", "--lang", "assemblyscript", "near");
  await team.geniectl("build", "near");
  expect((await team.geniectl("test", "near", ...PATIENT)).at(-1)).toMatch(/^(\d) of \1 cases passed$/);
  await team.geniectl("keygen", "team");
  await copyFile(path.join(team.dir, "team.pub"), path.join(admin.dir, "team.pub"));
  const allOf = [{ name: "team", key: path.join(admin.dir, "team.pub") }];
  await writeFile(
    path.join(admin.dir, "trust.json"),
    JSON.stringify({ repositories: { [host]: { allOf } } }),
  );
}, 120_000);
afterAll(() => undo.disposeAsync());

async function writePolicy(blocked: readonly { digest: string; reason: string }[]): Promise<void> {
  const allOf = [{ name: "team", key: path.join(admin.dir, "team.pub") }];
  const policy = { repositories: { [host]: { allOf } }, blocked };
  await writeFile(path.join(admin.dir, "trust.json"), JSON.stringify(policy));
}

/** Another repository and another digest for each test: the store is the same. */
let reference: string;
let title: string;
let tests = 0;
beforeEach(async () => {
  await writePolicy([]);
  title = `near-${++tests}`;
  reference = `${host}/team/${title}:1.0.0`;
});

const push = async (): Promise<string> =>
  (await team.geniectl("push", "near.wasm", reference, "--title", title)).at(-1) ?? "";

/** The admin's configuration names the module so; green is what it prefers. */
async function configure(module: string): Promise<void> {
  const selection = { scorers: [{ module, settings: { zone: "a" } }], deadlineMs: DEADLINE_MS };
  const networks = { green: { attributes: { zone: "a" } } };
  const trust = { policy: path.join(admin.dir, "trust.json") };
  await writeFile(path.join(admin.dir, CONFIG), JSON.stringify(node.config({ networks, selection, trust })));
}

/** Attaches one pod. @returns who decided, what for, and how it went with the module. */
async function attachPod() {
  await using pod = await addNamespace();
  const stdin = await readFile(path.join(admin.dir, CONFIG), "utf8");
  const added = await callGenie(node, { verb: "ADD", pod, stdin });
  expect(added, JSON.stringify(added)).toMatchObject({ exitCode: 0 });
  expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
  return (await readDecisions(node)).at(-1);
}

test("what the team publishes is found, pinned and pulled, and places a pod until it is blocked", async () => {
  const catalogue = ["--catalogue", `${host}/team/catalogue`];
  const publish = ["publish", "near", reference, "--title", title, "--key", "team.key", "--rounds", "10"];
  const digest = (await team.geniectl(...publish, ...catalogue, ...PATIENT)).at(-1) ?? "";
  const [found] = JSON.parse((await admin.geniectl("search", "near", ...catalogue, "--json")).join("\n"));
  expect(found).toMatchObject({ digest, kind: "scorer", version: "1.0.0" });

  await configure(`${found.repository}:${found.version}`);
  const pinned = await admin.geniectl("pin", "--config", CONFIG);
  expect(pinned.at(-1)).toBe(digest);
  expect(pinned.at(-2)).toMatch(/^ {2}scorer, [\d.]+ kB, version 1\.0\.0, signed by team: /);
  expect((await admin.geniectl("pull", "--config", CONFIG)).at(-1)).toBe(digest);
  expect(await attachPod()).toMatchObject({
    decidedBy: "scores",
    ranking: [{ network: "green", score: 1 }, {}, {}],
    modules: [{ digest, outcome: "ok" }],
  });
  const outdated = ["outdated", "--config", CONFIG, ...catalogue];
  expect(await admin.tryGeniectl(...outdated)).toMatchObject({ exitCode: 0, stderr: "" });

  await writePolicy([{ digest, reason: "it lies" }]);
  const detail = expect.stringContaining(`${digest} is blocked: it lies`);
  expect(await attachPod()).toMatchObject({
    decidedBy: "fallback",
    modules: [{ digest, outcome: "error", detail }],
  });
  expect(await admin.tryGeniectl(...outdated)).toMatchObject({ exitCode: 1 });
}, 120_000);

test("what nobody signed is refused at every door, and let in once it's signed", async () => {
  const digest = await push();
  const pinned = `${reference.replace(/:1\.0\.0$/, "")}@${digest}`;
  const refused = { exitCode: 1, stderr: expect.stringContaining("the trust policy refuses") };
  const policy = ["--policy", path.join(admin.dir, "trust.json")];

  await configure(reference);
  const before = await readFile(path.join(admin.dir, CONFIG), "utf8");
  expect(await admin.tryGeniectl("pin", "--config", CONFIG)).toMatchObject(refused);
  expect(await admin.tryGeniectl("pin", "--config", CONFIG, reference)).toMatchObject(refused);
  expect(await admin.tryGeniectl("pin", "--config", CONFIG, "--store", node.storeDir)).toMatchObject(refused);
  expect(await readFile(path.join(admin.dir, CONFIG), "utf8")).toBe(before);
  expect(await admin.tryGeniectl("pull", reference, "--store", node.storeDir, ...policy)).toMatchObject(
    refused,
  );

  await configure(pinned);
  expect(await admin.tryGeniectl("pull", "--config", CONFIG)).toMatchObject(refused);
  const listed = await admin.geniectl("list", "--store", node.storeDir, "--json");
  expect(listed.join()).not.toContain(digest);

  const copy = ["--insecure-policy", "copy", "--src-tls-verify=false"];
  await execa(await ensureSkopeo(), [...copy, `docker://${reference}`, `oci:${node.storeDir}:${reference}`]);
  expect((await admin.geniectl("list", "--store", node.storeDir, "--json")).join()).toContain(digest);
  expect(await attachPod()).toMatchObject({
    decidedBy: "fallback",
    modules: [{ digest, outcome: "error", detail: expect.stringContaining("no signature holds") }],
  });

  await team.geniectl("sign", reference, "--key", "team.key");
  expect((await admin.geniectl("pull", "--config", CONFIG)).at(-1)).toBe(digest);
  expect(await attachPod()).toMatchObject({ decidedBy: "scores", modules: [{ digest, outcome: "ok" }] });
}, 120_000);
