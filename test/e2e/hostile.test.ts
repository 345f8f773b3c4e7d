import { afterAll, beforeAll, expect, test } from "vitest";
import type { Outcome } from "../../core/select/outcome.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { prepareModule } from "../../registry/prepare/source.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { hostileModules } from "../guests/corpus.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { addNamespace } from "../setup/namespace.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

/** A busy machine reaches no limit of time; a module that never ends is stopped by the deadline that nodes have. */
const PATIENT = { deadlineMs: 10_000, limits: { loadMs: 60_000, prepareMs: 60_000 } };
const HASTY = { ...PATIENT, deadlineMs: 50 };

let node: TestNode;
beforeAll(async () => {
  node = await makeNode();
});
afterAll(() => node[Symbol.asyncDispose]());

/** One for each way to end; test/guests has them all. */
const SAMPLE = [
  "loop-in-call",
  "loop-in-start",
  "loop-in-post-return",
  "trap",
  "memory-hog",
  "memory-at-start",
  "long-answer",
  "nan",
  "error",
  "duplicate-choice",
  "wrong-world",
  "wasi",
  "script-in-name",
  "exponential-types",
];

const modules = await hostileModules(SAMPLE);

/** Puts a module where `geniectl pull` puts it, prepared as far as it lets itself be. */
async function store(name: string, wasm: Uint8Array): Promise<string> {
  const artifact = planArtifact(wasm, { created: new Date(0) });
  const reference = parseReference(`registry.example/hostile/${name}@${artifact.digest}`);
  await openStore(node.storeDir).put(artifact, reference);
  await prepareModule(node.storeDir, artifact, TRANSPILING);
  return `registry.example/hostile/${name}@${artifact.digest}`;
}

async function expectFallback(module: string, { kind, outcome }: { kind: ModuleKind; outcome: Outcome }) {
  await using pod = await addNamespace();
  const modules = kind === "scorer" ? { scorers: [{ module }] } : { selector: { module } };
  const stdin = node.config({ selection: { ...(outcome === "timeout" ? HASTY : PATIENT), ...modules } });
  const added = await callGenie(node, { verb: "ADD", pod, stdin });
  expect(added, added.stderr).toMatchObject({ exitCode: 0, answer: { ips: [expect.anything()] } });
  expect(added.stderr).toContain("a module failed");
  const decision = (await readDecisions(node)).find(({ containerId }) => containerId === pod.name);
  expect(decision).toMatchObject({
    decidedBy: "fallback",
    ranking: [{ network: "blue", reason: "first-fit" }, { network: "green" }, { network: "red" }],
    modules: [
      { digest: module.split("@")[1], kind, mode: "enforce", outcome, detail: expect.stringMatching(/./) },
    ],
  });
  expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
}

test.concurrent.each(modules)(
  "$name ends as $outcome, and the fallback decides",
  async ({ name, wasm, ...expected }) => {
    await expectFallback(await store(name, wasm), expected);
  },
);

test.concurrent("a module that is not in the store counts as failed, and no registry is asked", async () => {
  const module = `registry.example/hostile/nowhere@sha256:${"0".repeat(64)}`;
  await expectFallback(module, { kind: "scorer", outcome: "notInStore" });
});

test.concurrent("onFailure: fail fails the pod with 110, but not one of a system namespace", async () => {
  const { name, wasm } = modules.find((each) => each.outcome === "trap") ?? {
    name: "",
    wasm: new Uint8Array(),
  };
  const module = await store(name, wasm);
  const stdin = node.config({ selection: { scorers: [{ module, onFailure: "fail" }] } });
  await using pod = await addNamespace();
  expect(await callGenie(node, { verb: "ADD", pod, stdin })).toMatchObject({
    exitCode: 1,
    answer: { code: 110 },
  });
  const args = "IgnoreUnknown=1;K8S_POD_NAMESPACE=kube-system;K8S_POD_NAME=dns";
  expect(await callGenie(node, { verb: "ADD", pod, stdin, args })).toMatchObject({ exitCode: 0 });
  expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
});
