/** A trust policy on a node: who decides for real pods as signatures, keys and blocked digests come and go. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { DIST_DIR } from "../setup/build.ts";
import { addNamespace } from "../setup/namespace.ts";
import { type RegistryServer, startRegistry } from "../setup/registry-server.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

const networks = { red: { pricePerHour: 1 }, blue: { pricePerHour: 2 }, green: { pricePerHour: 4 } };
const BY_PRICE = "red";
const FIRST_FIT = "blue";

const undo = new AsyncDisposableStack();
let folder: string;
let registry: RegistryServer;
let node: TestNode;
let digest: string;
let tagged: string;

beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-trust-"));
  undo.defer(() => rm(folder, { recursive: true, force: true }));
  registry = undo.use(await startRegistry({ dir: path.join(folder, "registry") }));
  node = undo.use(await makeNode());
  tagged = `${registry.host}/genie/price:1`;
  digest = await geniectl("push", path.join(DIST_DIR, "modules/price.wasm"), tagged);
  for (const key of ["old", "new"]) await geniectl("keygen", file(key));
  await geniectl("sign", tagged, "--key", file("old.key"));
  await trust({ allOf: [demand("old")] });
  await geniectl("pull", pinned(), "--policy", file("trust.json"), "--store", node.storeDir);
});
beforeEach(() => trust({ allOf: [demand("old")] }));
afterAll(() => undo.disposeAsync());

const file = (name: string) => path.join(folder, name);
const demand = (name: string) => ({ key: file(`${name}.pub`), name });
const pinned = () => `${registry.host}/genie/price@${digest}`;

async function geniectl(...words: string[]): Promise<string> {
  const { stdout } = await execa(path.join(DIST_DIR, "bin/geniectl"), words, {
    env: { GENIE_NODE: process.execPath },
  });
  return stdout.split("\n").at(-1) ?? "";
}

async function trust(rule: object, more: object = {}): Promise<void> {
  const policy = { repositories: { [`${registry.host}/genie`]: rule }, ...more };
  await writeFile(file("trust.json"), JSON.stringify(policy));
}

/** One pod comes and goes. @returns which network it got, and what became of the module, or the error. */
async function attachPod(module: object = {}) {
  await using pod = await addNamespace();
  const scorers = [{ module: pinned(), ...module }];
  const block = {
    networks,
    selection: { deadlineMs: 10_000, scorers },
    trust: { policy: file("trust.json") },
  };
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=shop;K8S_POD_NAME=web;K8S_POD_UID=${pod.name}`;
  const call = { pod, stdin: node.config(block), args };
  const { exitCode, answer } = await callGenie(node, { verb: "ADD", ...call });
  expect(await callGenie(node, { verb: "DEL", ...call })).toMatchObject({ exitCode: 0 });
  const decision = (await readDecisions(node)).at(-1) ?? {};
  const [first] = (decision["ranking"] ?? []) as { network: string }[];
  const [used] = decision["modules"] as { outcome: string; detail?: string }[];
  return { exitCode, code: answer?.["code"], network: first?.network, ...used };
}

test("a signed module decides", async () => {
  expect(await attachPod()).toMatchObject({ exitCode: 0, network: BY_PRICE, outcome: "ok" });
});

test("a digest that is blocked stops with the next pod, and comes back when it no longer is", async () => {
  await trust({ allOf: [demand("old")] }, { blocked: [{ digest, reason: "places pods on red" }] });
  const refused = { outcome: "error", detail: expect.stringContaining("is blocked: places pods on red") };
  expect(await attachPod()).toMatchObject({ exitCode: 0, network: FIRST_FIT, ...refused });
  expect(await attachPod({ onFailure: "fail" })).toMatchObject({ exitCode: 1, code: 110, ...refused });
  await trust({ allOf: [demand("old")] });
  expect(await attachPod()).toMatchObject({ network: BY_PRICE, outcome: "ok" });
});

test("a policy that can't be used stops every module in one line", async () => {
  await writeFile(
    file("trust.json"),
    '{ "repositories": { "r.example": { "allOf": [{ "key": "/none.pub" }] } } }',
  );
  const { detail, ...rest } = await attachPod();
  expect(rest).toMatchObject({ exitCode: 0, network: FIRST_FIT, outcome: "error" });
  expect(detail).toMatch(/^\/none\.pub can't be read \(ENOENT\): mend the trust policy[^\n]*$/);
  expect(await attachPod({ onFailure: "fail" })).toMatchObject({ exitCode: 1, code: 110 });
});

test("keys are rotated without a pod that is decided otherwise", async () => {
  const pull = () => geniectl("pull", pinned(), "--policy", file("trust.json"), "--store", node.storeDir);
  await trust({ anyOf: [demand("old"), demand("new")] });
  expect(await attachPod()).toMatchObject({ network: BY_PRICE });
  await trust({ allOf: [demand("new")] });
  expect(await attachPod()).toMatchObject({ network: FIRST_FIT, outcome: "error" });
  await expect(pull()).rejects.toThrow("no signature holds by new");
  await geniectl("sign", tagged, "--key", file("new.key"));
  await pull();
  expect(await attachPod()).toMatchObject({ network: BY_PRICE, outcome: "ok" });
});

test("what another tool put into the store unsigned is never loaded", async () => {
  const copied = `${registry.host}/other/price`;
  await trust({ allOf: [demand("old")] }, {});
  await geniectl("push", path.join(DIST_DIR, "modules/price.wasm"), `${copied}:1`, "--store", node.storeDir);
  const module = `${copied}@${digest}`;
  expect(await attachPod({ module })).toMatchObject({
    network: FIRST_FIT,
    detail: expect.stringContaining("no rule is for"),
  });
  const policy = { repositories: { [`${registry.host}/other`]: { allOf: [demand("old")] } } };
  await writeFile(file("trust.json"), JSON.stringify(policy));
  expect(await attachPod({ module })).toMatchObject({
    network: FIRST_FIT,
    detail: expect.stringContaining("no signature holds by old"),
  });
});

test("the signatures in the store are enough where the registry is gone", async () => {
  await registry[Symbol.asyncDispose]();
  expect(await attachPod()).toMatchObject({ network: BY_PRICE, outcome: "ok" });
});

test("a policy that isn't where the configuration says stops every module", async () => {
  await rm(file("trust.json"));
  const { detail, ...rest } = await attachPod();
  expect(rest).toMatchObject({ exitCode: 0, network: FIRST_FIT, outcome: "error" });
  expect(detail).toMatch(/trust\.json can't be read \(ENOENT\): mend the trust policy[^\n]*$/);
});
