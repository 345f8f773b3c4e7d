/** Shadows, canaries and circuits through real ADDs, each one a process of its own. */
import { readFile } from "node:fs/promises";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { prepareModule } from "../../registry/prepare/source.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { compileModule } from "../guests/corpus.ts";
import { DIST_DIR } from "../setup/build.ts";
import { addNamespace } from "../setup/namespace.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

/** Long enough that a module which answers is never late, however busy the machine is. */
const PATIENT = { deadlineMs: 10_000, shadowDeadlineMs: 1_000 };
const networks = { red: { pricePerHour: 1 }, blue: { pricePerHour: 2 }, green: { pricePerHour: 4 } };

let node: TestNode;
let price: string;
let trap: string;
beforeAll(async () => {
  node = await makeNode();
  price = await store("price", await readFile(path.join(DIST_DIR, "modules/price.wasm")));
  trap = await store("trap", await compileModule("trap", "scorer"));
});
afterAll(() => node[Symbol.asyncDispose]());

async function store(name: string, wasm: Uint8Array): Promise<string> {
  const artifact = planArtifact(wasm, { created: new Date(0) });
  const reference = `registry.example/rollout/${name}@${artifact.digest}`;
  await openStore(node.storeDir).put(artifact, parseReference(reference));
  await prepareModule(node.storeDir, artifact, TRANSPILING);
  return reference;
}

/** One pod comes and goes. @returns its decision's record, and what genie logged. */
async function attachPod(selection: object, namespace = "shop") {
  await using pod = await addNamespace();
  const stdin = node.config({ networks, selection: { ...PATIENT, ...selection } });
  const args = `IgnoreUnknown=1;K8S_POD_NAMESPACE=${namespace};K8S_POD_NAME=web;K8S_POD_UID=${pod.name}`;
  const added = await callGenie(node, { verb: "ADD", pod, stdin, args });
  expect(added, added.stderr).toMatchObject({ exitCode: 0, answer: { ips: [expect.anything()] } });
  expect(await callGenie(node, { verb: "DEL", pod, stdin, args })).toMatchObject({ exitCode: 0 });
  return { decision: (await readDecisions(node)).at(-1) ?? {}, stderr: added.stderr };
}

interface ListedModule {
  readonly digest: string;
  readonly [field: string]: unknown;
}

async function listModules(...words: string[]): Promise<readonly ListedModule[]> {
  const args = ["modules", "--state-dir", node.stateDir, "--json", ...words];
  const { stdout } = await execa(path.join(DIST_DIR, "bin/geniectl"), args, {
    env: { GENIE_NODE: process.execPath },
  });
  return JSON.parse(stdout) as ListedModule[];
}

const digestOf = (reference: string) => reference.split("@")[1];

test("a shadow changes nothing, and what it would have changed is recorded, counted and said once", async () => {
  const selection = { scorers: [{ module: price, mode: "shadow" }] };
  const first = await attachPod(selection);
  expect(first.decision).toMatchObject({
    decidedBy: "fallback",
    ranking: [{ network: "blue" }, { network: "green" }, { network: "red" }],
    modules: [
      {
        mode: "shadow",
        outcome: "ok",
        answer: { blue: 0.5, green: 0.25, red: 1 },
        shadow: { differs: true, ranking: ["red", "blue", "green"] },
      },
    ],
    question: { candidates: [{ network: "blue" }, {}, {}], selection: { scorers: [{ mode: "shadow" }] } },
  });
  expect(first.stderr).toContain("a shadow module would have decided otherwise");
  const second = await attachPod(selection);
  expect(second.stderr).not.toContain("a shadow module");
  expect(await listModules()).toMatchObject([
    { digest: digestOf(price), mode: "shadow", calls: 2, failures: 0, differences: 2 },
  ]);
});

test("a shadow that fails neither fails the pod nor is logged for each", async () => {
  const { decision, stderr } = await attachPod({
    scorers: [{ module: price }, { module: trap, mode: "shadow" }],
  });
  expect(decision).toMatchObject({
    decidedBy: "scores",
    ranking: [{ network: "red" }, {}, {}],
    modules: [{ outcome: "ok" }, { mode: "shadow", outcome: "trap" }],
  });
  expect(stderr).not.toContain("a module failed");
});

test("a canary decides for the pods in it, and for no other", async () => {
  const of = async (percent: number) =>
    (await attachPod({ scorers: [{ module: price, mode: { canary: percent } }] })).decision;
  expect(await of(100)).toMatchObject({ decidedBy: "scores", modules: [{ mode: "canary" }] });
  expect(await of(0)).toMatchObject({ decidedBy: "fallback", modules: [] });
});

test("a canary that fails is as if it weren't there, halts itself, and goes on once it is reset", async () => {
  const selection = { scorers: [{ module: price }, { module: trap, mode: { canary: 100 } }] };
  for (let at = 0; at < 3; at++) {
    const { decision, stderr } = await attachPod(selection);
    expect(decision).toMatchObject({ decidedBy: "scores", ranking: [{ network: "red" }, {}, {}] });
    expect(stderr.includes("a canary is halted")).toBe(at === 2);
  }
  const halted = await attachPod(selection);
  expect(halted.decision).toMatchObject({
    decidedBy: "scores",
    modules: [{ outcome: "ok" }, { mode: "canary", notAsked: "halted" }],
  });
  const trapDigest = digestOf(trap) ?? "";
  expect((await listModules()).filter(({ haltedSince }) => haltedSince !== null)).toMatchObject([
    { digest: trapDigest, failures: 3 },
  ]);
  await listModules("--reset", trapDigest);
  const { decision } = await attachPod(selection);
  expect(decision).toMatchObject({ modules: [{}, { mode: "canary", outcome: "trap" }] });
  expect(decision["modules"]).not.toMatchObject([{}, { notAsked: "halted" }]);
});

test("a module that keeps failing is left alone in that namespace, and asked in the others", async () => {
  const selection = { scorers: [{ module: trap }], circuit: { openMs: 3_600_000 } };
  for (let at = 0; at < 3; at++) {
    const { decision, stderr } = await attachPod(selection, "hostile");
    expect(decision).toMatchObject({ decidedBy: "fallback", modules: [{ outcome: "trap" }] });
    expect(stderr.includes("keeps failing")).toBe(at === 2);
  }
  const left = await attachPod(selection, "hostile");
  expect(left.decision).toMatchObject({
    decidedBy: "fallback",
    modules: [
      { outcome: "trap", notAsked: "circuit", detail: expect.stringContaining("namespace hostile since ") },
    ],
  });
  const other = await attachPod(selection, "mail");
  expect(other.decision["modules"]).toEqual([expect.not.objectContaining({ notAsked: "circuit" })]);
});
