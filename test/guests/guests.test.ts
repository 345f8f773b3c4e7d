/** Bad modules in the real guest process: each call ends as the corpus says, and the next one is served. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { REALM } from "../../cni/build/guest-head.ts";
import { spawnGuest } from "../../cni/guest-process.ts";
import { parseConfig } from "../../core/config.ts";
import type { Decision } from "../../core/select/decision.ts";
import { decide } from "../../core/select/pipeline.ts";
import { planArtifact } from "../../registry/artifact/artifact.ts";
import { openModuleSource } from "../../registry/prepare/source.ts";
import { parseReference } from "../../registry/reference.ts";
import { openStore } from "../../registry/store/store.ts";
import type { GuestEnd } from "../../core/sandbox/host/connection.ts";
import { openSandbox } from "../../core/sandbox/host/sandbox.ts";
import type { PreparedModule, Sandbox } from "../../core/sandbox/port.ts";
import { checkChoices, checkVerdicts } from "../../core/select/answer.ts";
import { compileModule, type HostileModule, hostileModules, makeHostile, NAMES } from "./corpus.ts";
import { measureMemory, type MemoryUse } from "./memory-use.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { prepare } from "./prepared.ts";

const PROGRAM = new URL("../../dist/bin/genie-guest", import.meta.url).pathname;
const OCCUPANCY = new URL("../../dist/modules/occupancy.wasm", import.meta.url);
const LIMITS = { memoryBytes: 16 * 1024 * 1024, loadMs: 5000 };
/** Long enough for any call here on a busy machine; only the endless loops use it up. */
const DEADLINE_MS = 1000;
/** Where how a call ends doesn't matter. */
const HASTY_MS = 50;
const request = makeRequest({ candidates: makeOrdinaryCandidates(3), count: 2 });

let good: PreparedModule;
let storeDir: string;
let before: MemoryUse;
let sandbox: Sandbox;
const ends: Promise<GuestEnd>[] = [];

function open(program = PROGRAM): Sandbox {
  return openSandbox(() => {
    const guest = spawnGuest(program);
    ends.push(guest.ended);
    return guest;
  }, LIMITS);
}

/** The guest's program with everything of node in a module's reach: what is left if that bar falls. */
let bare: string;

beforeAll(async () => {
  bare = path.join(await mkdtemp(path.join(tmpdir(), "genie-guests-")), "bare");
  const text = await readFile(PROGRAM, "utf8");
  expect(text).toContain(REALM);
  await writeFile(bare, text.replace(REALM, ""), { mode: 0o755 });
  storeDir = await mkdtemp(path.join(tmpdir(), "genie-guests-store-"));
  good = await prepare(await readFile(OCCUPANCY), "sha256:good", "scorer");
  sandbox = open();
  await run(good);
  before = await measureMemory();
});

afterAll(async () => {
  await sandbox[Symbol.asyncDispose]();
  await Promise.all(ends); // each guest process that was started is gone
  await rm(path.dirname(bare), { recursive: true });
  await rm(storeDir, { recursive: true });
});

async function run(module: PreparedModule, inside = sandbox, deadlineMs = DEADLINE_MS) {
  const { digest, kind } = module;
  const loaded = await inside.load(module);
  if (loaded.outcome !== "ok") return loaded;
  if (kind === "scorer") {
    const answer = await inside.score(digest, request, deadlineMs);
    return answer.outcome === "ok" ? checkVerdicts(answer.value, request) : answer;
  }
  const answer = await inside.select(digest, { request, verdicts: [] }, deadlineMs);
  return answer.outcome === "ok" ? checkChoices(answer.value, request) : answer;
}

/** A "module" whose glue is any JavaScript: what an attacker has who broke out of wasm. */
function withGlue(digest: string, body: string): PreparedModule {
  const glue = `(() => () => ({ "genie:selection/scoring@1.0.0": { score() { ${body} } } }))()`;
  return { digest, kind: "scorer", glue: Buffer.from(glue), coreByName: new Map() };
}

const SOUND = [0, 1, 2].map((at) => ({ tag: "score", val: 1 - at / 3 }));

/** Puts a module where `geniectl pull` puts it. */
async function store({ name, wasm }: Pick<HostileModule, "name" | "wasm">): Promise<string> {
  const artifact = planArtifact(wasm, { created: new Date(0) });
  const reference = `registry.example/hostile/${name}@${artifact.digest}`;
  await openStore(storeDir).put(artifact, parseReference(reference));
  return reference;
}

/** A decision for three candidates with this module alone, made as on a node. */
async function decideWith(hostile: HostileModule): Promise<Decision> {
  const one = { module: await store(hostile) };
  const modules = hostile.kind === "scorer" ? { scorers: [one] } : { selector: one };
  const genie = { selection: { ...modules, deadlineMs: DEADLINE_MS } };
  const { selection } = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie })).genie;
  const source = openModuleSource(storeDir, TRANSPILING);
  const question = { request, selection, defaultNetwork: undefined, mayFail: true };
  return await decide(question, { sandbox, source, nowMs: () => performance.now() });
}

const IN_ORDER = request.candidates.map(({ network }) => network);

test.each(NAMES)("%s", async (name) => {
  const hostile = await makeHostile(name);
  const { modules, decidedBy, ranking, refusal } = await decideWith(hostile);
  const [ended] = modules;
  expect(ended).toMatchObject({
    outcome: hostile.outcome,
    detail: expect.stringMatching(/^[\p{L}\p{N}\p{P}\p{S} ]*$/u),
  });
  if (hostile.outcome === "ok") {
    expect(JSON.stringify(ended?.answer)).toMatch(hostile.says);
    expect(decidedBy === "scores" || refusal === "everyCandidateRejected").toBe(true);
  } else {
    expect(ended?.detail).toMatch(hostile.says);
    expect({ decidedBy, order: ranking.map(({ network }) => network) }).toEqual({
      decidedBy: "fallback",
      order: IN_ORDER,
    });
  }
  expect(await run(good), "the call after it").toMatchObject({ outcome: "ok", value: SOUND });
});

/** Of the corpus, those that get as far as the guest. */
async function loadCorpus(): Promise<readonly PreparedModule[]> {
  const source = openModuleSource(storeDir, TRANSPILING);
  const modules: PreparedModule[] = [];
  for (const { name, kind, wasm, outcome } of await hostileModules()) {
    if (outcome === "wrongWorld") continue;
    const found = await source.load(await store({ name, wasm }), kind);
    if (found.outcome !== "ok") throw new Error(`${name}: ${found.detail}`);
    modules.push(found.value);
  }
  return modules;
}

test("however often all of them are asked, the memory of host and guest is what it was", async () => {
  const modules = await loadCorpus();
  expect(modules.length).toBeGreaterThan(50);
  const askAll = async (rounds: number) => {
    for (let round = 0; round < rounds; round += 1) {
      for (const module of modules) await run(module, sandbox, HASTY_MS);
      await run(good);
    }
    return await measureMemory();
  };
  const first = await askAll(2);
  const last = await askAll(4);
  expect(last.guestProcesses, "processes").toBe(before.guestProcesses);
  expect(last.guestsMiB / first.guestsMiB, "guest").toBeLessThan(1.1);
  expect(last.hostMiB / first.hostMiB, "host").toBeLessThan(1.1);
  expect(last.guestsMiB, "guest, with all those modules").toBeLessThan(before.guestsMiB * 1.5);
}, 120_000);

test("a long answer is refused before the glue makes objects of it", async () => {
  const { wasm, kind } = await makeHostile("long-answer");
  const result = await run(await prepare(wasm, "sha256:long", kind));
  expect(result).toMatchObject({ detail: "the list has 1000000 items; 3 are the most" });
});

test.each([
  { name: "ends its process", body: "process.exit(3)", outcome: "trap", detail: /exit code 3/ },
  {
    name: "takes memory outside of wasm",
    body: "const held = []; for (;;) held.push(new Array(1e6).fill(held.length));",
    outcome: "memory",
    detail: /SIG/,
  },
  {
    name: "announces an answer without end",
    body: "process.getBuiltinModule('fs').writeSync(1, Buffer.alloc(8, 255)); for (;;);",
    outcome: "badAnswer",
    detail: /longer than allowed/,
  },
  {
    name: "answers with what is no answer",
    body: "process.getBuiltinModule('fs').writeSync(1, Buffer.from([2, 0, 0, 0, 49, 50])); for (;;);",
    outcome: "trap",
    detail: /protocol/,
  },
  {
    name: "answers twice, and leaves much unread",
    body: `const fs = process.getBuiltinModule('fs'); const one = Buffer.from([2, 0, 0, 0, 49, 50]);
      fs.writeSync(1, Buffer.concat([one, Buffer.from([0, 0, 15, 0]), Buffer.alloc(983040)])); for (;;);`,
    outcome: "trap",
    detail: /protocol/,
  },
  { name: "throws what is no error", body: "throw undefined;", outcome: "badAnswer", detail: /undefined/ },
  {
    name: "answers with more than it was asked",
    body: "return new Array(4).fill({ tag: 'score', val: 1 });",
    outcome: "badAnswer",
    detail: /too long/,
  },
  { name: "answers with text", body: "return 'yes';", outcome: "badAnswer", detail: /list/ },
])("a guest process that $name", async ({ name, body, outcome, detail }) => {
  await using inBare = open(bare);
  const result = await run(withGlue(`sha256:${name}`, body), inBare);
  expect(result).toMatchObject({ outcome, detail: expect.stringMatching(detail) });
  expect(await run(good, inBare), "the call after it").toMatchObject({ outcome: "ok", value: SOUND });
});

test.each([
  ["exits at the next order", "fs.closeSync(0); return [];"],
  ["writes other modules' answers", "fs.writeSync(1, Buffer.alloc(6e4)); return [];"],
  ["kills all that it can", "try { process.kill(-1, 'SIGKILL'); } catch {} return [];"],
])("a module isn't blamed for one that %s", async (name, body) => {
  await using other = open(bare);
  await other.load(good);
  await using inBare = open(bare);
  await run(withGlue(`sha256:${name}`, `const fs = process.getBuiltinModule('fs'); ${body}`), inBare);
  expect(await run(good, inBare)).toMatchObject({ outcome: "ok", value: SOUND });
  expect(await run(good, other)).toMatchObject({ outcome: "ok", value: SOUND });
});

test("a guest process that can't start is an outcome, not an exception", async () => {
  await using broken = openSandbox(() => spawnGuest("/nonexistent/genie-guest"), LIMITS);
  const detail = "the guest process did not start: ENOENT /nonexistent/genie-guest";
  expect(await broken.load(good)).toEqual({ outcome: "error", detail });
});

test("no call sees what an earlier one left", async () => {
  const counting = await prepare(await compileModule("remembers", "scorer"), "sha256:remembers", "scorer");
  const ones = [0, 1, 2].map(() => ({ tag: "score", val: 1 }));
  expect(await run(counting)).toEqual({ outcome: "ok", value: ones });
  expect(await run(counting)).toEqual({ outcome: "ok", value: ones });
});

test("a sandbox that was opened and not used leaves no process", async () => {
  const unused = open();
  await unused[Symbol.asyncDispose]();
  expect(await ends.at(-1)).toMatchObject({ signal: "SIGKILL" });
});
