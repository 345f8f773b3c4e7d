/** Each limit of `genie.selection` on either side of what a module needs, through real ADDs: what is configured is what holds. */
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { buildModule } from "../../cni/author/module.ts";
import { GLUE } from "../../core/sandbox/wire/message.ts";
import { withMetadata } from "../../core/metadata/embedded.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { writePrepared } from "../../registry/prepare/prepared.ts";
import { prepareModule } from "../../registry/prepare/source.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { compileModule } from "../guests/corpus.ts";
import { addNamespace } from "../setup/namespace.ts";
import { callGenie, makeNode, readDecisions, type TestNode } from "./node.ts";

/** Long enough that a busy machine reaches no other limit than the one that is tried. */
const PATIENT_MS = 10_000;
const PATIENT = { loadMs: 60_000, prepareMs: 60_000 };

let node: TestNode;
beforeAll(async () => {
  node = await makeNode();
  await addMoreNetworks(30);
});
afterAll(() => node[Symbol.asyncDispose]());

/** Candidates that nobody is attached to, for an answer of some length. */
async function addMoreNetworks(count: number): Promise<void> {
  const conf = JSON.parse(await readFile(path.join(node.confDir, "10-blue.conflist"), "utf8")) as object;
  for (let at = 0; at < count; at += 1) {
    const name = `more-${at}`;
    await writeFile(path.join(node.confDir, `90-${name}.conflist`), JSON.stringify({ ...conf, name }));
  }
}

async function store(name: string, wasm: Uint8Array) {
  const artifact = planArtifact(wasm, { created: new Date(0) });
  const reference = `registry.example/limits/${name}@${artifact.digest}`;
  await openStore(node.storeDir).put(artifact, parseReference(reference));
  return { reference, artifact };
}

async function storePrepared(name: string): Promise<string> {
  const { reference, artifact } = await store(name, await compileModule(name, "scorer"));
  await prepareModule(node.storeDir, artifact, TRANSPILING);
  return reference;
}

/** A module whose glue is this JavaScript: what wasm can't do for the limits of the process around it. */
async function storeScript(name: string, script: string): Promise<string> {
  const metadata = { description: name, kpis: { required: [], optional: [] }, labels: [], annotations: [] };
  const wasm = withMetadata(await compileModule("trap", "scorer"), metadata);
  const { reference, artifact } = await store(name, wasm);
  const glue = `(() => { ${script} })()`;
  await writePrepared(node.storeDir, artifact.digest, new Map([[GLUE, Buffer.from(glue)]]));
  return reference;
}

const scoring = (body: string) =>
  `return () => ({ "genie:selection/scoring@1.0.0": { score({ candidates }) { ${body} } } });`;

/** JavaScript's engine as a component: above a MiB, and half a second for the transpiler. Nobody has prepared it. */
async function storeEngine(): Promise<string> {
  const file = path.join(node.stateDir, "../engine.ts");
  await writeFile(
    file,
    'export const score = ({ candidates }) => candidates.map(() => ({ tag: "score", val: 1 }));',
  );
  const { component } = await buildModule({ file });
  expect(component.byteLength).toBeGreaterThan(2 ** 20);
  return (await store("engine", component)).reference;
}

const MODULES = {
  loop: () => storePrepared("loop-in-call"),
  memory: () => storePrepared("memory-at-start"),
  reason: () =>
    storeScript("reason", scoring(`return candidates.map(() => ({ tag: "reject", val: "r".repeat(200) }));`)),
  heap: () =>
    storeScript(
      "heap",
      scoring(
        `const held = []; while (held.length < 96) held.push(new Array(131072).fill(1.5));
         return candidates.map(() => ({ tag: "score", val: 1 }));`,
      ),
    ),
  talks: () =>
    storeScript(
      "talks",
      scoring(
        `return candidates.map((_, at) => at === 0 ? { tag: "score", val: 1 } : { tag: "reject", val: "☃".repeat(256) });`,
      ),
    ),
  neverReady: () => storeScript("never-ready", "for (;;);"),
  engine: storeEngine,
};

interface Limited {
  readonly limit: string;
  readonly module: keyof typeof MODULES;
  readonly mode?: string;
  /** A value, and what the record then says of the module. */
  readonly sides: readonly (readonly [value: number, says: object])[];
}

const ok = { outcome: "ok" };
/** The milliseconds that a module was given lie in this range, whose end it was promised. */
const stopped = (afterMs: number, mostMs: number) => ({
  outcome: "timeout",
  detail: expect.toSatisfy((detail: string) => {
    const ms = Number(/\d+(?= ms)/.exec(detail)?.[0]);
    return ms > afterMs && ms <= mostMs;
  }),
});
/** So many bytes of a reason are kept. */
const kept = (bytes: number) => ({ ...ok, answer: expect.objectContaining({ blue: "r".repeat(bytes) }) });

test.each<Limited>([
  {
    limit: "deadlineMs",
    module: "loop",
    sides: [
      [40, stopped(0, 40)],
      [4_000, stopped(40, 4_000)],
    ],
  },
  {
    limit: "shadowDeadlineMs",
    module: "loop",
    mode: "shadow",
    sides: [
      [40, stopped(0, 40)],
      [1_000, stopped(40, 1_000)],
    ],
  },
  {
    limit: "memoryMiB",
    module: "memory",
    sides: [
      [63, { outcome: "memory", detail: "starts with 64 MiB of memory; 63 are allowed" }],
      [64, { outcome: "badAnswer", detail: expect.stringContaining("verdicts for") }],
    ],
  },
  {
    limit: "limits.heapMiB",
    module: "heap",
    sides: [
      [64, { outcome: "memory", detail: expect.stringContaining("SIG") }],
      [256, ok],
    ],
  },
  {
    limit: "limits.moduleMiB",
    module: "engine",
    sides: [
      [1, { outcome: "memory", detail: expect.stringContaining("; 1048576 are allowed") }],
      [2, ok],
    ],
  },
  {
    limit: "limits.answerKiB",
    module: "talks",
    sides: [
      [16, { outcome: "badAnswer", detail: "the answer is longer than allowed" }],
      [64, ok],
    ],
  },
  {
    limit: "limits.reasonBytes",
    module: "reason",
    sides: [
      [16, kept(16)],
      [150, kept(150)],
    ],
  },
  {
    limit: "limits.prepareMs",
    module: "engine",
    sides: [
      [100, { outcome: "timeout", detail: "can't be prepared within 100 ms" }],
      [60_000, ok],
    ],
  },
  {
    limit: "limits.loadMs",
    module: "neverReady",
    sides: [
      [50, { outcome: "timeout", detail: "stopped after 50 ms" }],
      [500, { outcome: "timeout", detail: "stopped after 500 ms" }],
    ],
  },
])("$limit", async ({ limit, module: name, mode = "enforce", sides }) => {
  const module = await MODULES[name]();
  for (const [value, says] of sides) {
    const [key = "", inner] = limit.split(".");
    const own = inner === undefined ? { [key]: value } : { limits: { ...PATIENT, [inner]: value } };
    const selection = { deadlineMs: PATIENT_MS, limits: PATIENT, scorers: [{ module, mode }], ...own };
    await using pod = await addNamespace();
    const stdin = node.config({ selection });
    await callGenie(node, { verb: "ADD", pod, stdin });
    expect((await readDecisions(node)).at(-1), `${limit}: ${value}`).toMatchObject({
      containerId: pod.name,
      modules: [says],
    });
    expect(await callGenie(node, { verb: "DEL", pod, stdin })).toMatchObject({ exitCode: 0 });
  }
});
