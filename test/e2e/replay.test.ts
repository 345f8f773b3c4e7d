/** A thousand recorded decisions, made again by the built geniectl in a real guest. */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, expect, test } from "vitest";
import { spawnGuest } from "../../cni/guest-process.ts";
import { openSandbox } from "../../core/sandbox/host/sandbox.ts";
import type { ModuleSource } from "../../core/sandbox/port.ts";
import { decide } from "../../core/select/pipeline.ts";
import type { Question } from "../../core/select/question.ts";
import { formatRecord } from "../../core/select/record-line.ts";
import type { Candidate } from "../../core/select/request.ts";
import { openModuleSource } from "../../registry/prepare/source.ts";
import { storeModule } from "../bench/decisions.ts";
import { makeQuestion, makeSelection } from "../fakes/decision.ts";
import { makeCandidate, makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { DIST_DIR } from "../setup/build.ts";

const DECISIONS = 1000;

let folder: string;
let storeDir: string;
const referenceByName = new Map<string, string>();
let questions: readonly Question[];
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-replay-"));
  storeDir = path.join(folder, "modules");
  for (const name of ["occupancy", "price", "highest"]) {
    referenceByName.set(name, await storeModule(storeDir, `${name}.wasm`));
  }
  questions = makeQuestions();
  await writeFile(path.join(folder, "decisions.jsonl"), await recordAll());
});
afterAll(() => rm(folder, { recursive: true }));

const nameOf = (name: string) => referenceByName.get(name) ?? "";

/** Numbers that are the same in every run. Source: mulberry32. */
function makeChance(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function makeQuestions(): readonly Question[] {
  const chance = makeChance(5);
  const whole = (below: number) => Math.floor(chance() * below);
  const selection = makeSelection({
    scorers: [{ module: nameOf("occupancy") }],
    selector: { module: nameOf("highest") },
    deadlineMs: 5_000,
  });
  return Array.from({ length: DECISIONS }, (_, at) => {
    const candidates = Array.from({ length: 2 + whole(5) }, (__, n) => {
      const occupancy = { name: "occupancy", value: whole(16) / 16, ageMs: whole(9_000) };
      const price = { name: "price-per-hour", value: 1 + whole(8), ageMs: 0 };
      return makeCandidate(`n${n}`, { kpis: chance() < 0.1 ? [occupancy] : [occupancy, price] });
    });
    const { settings: ___, ...request } = makeRequest({ candidates, seed: BigInt(at) });
    return makeQuestion({ request, selection });
  });
}

async function recordAll(): Promise<string> {
  await using sandbox = openSandbox(() => spawnGuest(path.join(DIST_DIR, "bin/genie-guest")), {
    memoryBytes: 16 * 2 ** 20,
    loadMs: 5_000,
  });
  const store = openModuleSource(storeDir, TRANSPILING);
  const found = new Map<string, ReturnType<typeof store.load>>();
  const source: ModuleSource = {
    load: (reference, kind) => {
      const module = found.get(reference) ?? store.load(reference, kind);
      found.set(reference, module);
      return module;
    },
  };
  const ports = { source, sandbox, nowMs: () => performance.now() };
  const lines: string[] = [];
  for (const [at, question] of questions.entries()) {
    const decision = await decide(question, ports);
    expect(decision.decidedBy, JSON.stringify(decision.modules)).toBe("selector");
    const pod = { namespace: "shop", name: `web-${at}`, uid: String(at) };
    const occasion = {
      id: String(at),
      time: "2026-01-01T00:00:00.000Z",
      containerId: `c${at}`,
      interfaces: ["eth0"],
      pod,
    };
    lines.push(formatRecord(occasion, decision));
  }
  return `${lines.join("\n")}\n`;
}

interface Replayed {
  readonly replayed: number;
  readonly same: number;
  readonly different: number;
  readonly skipped: object;
  readonly changes: readonly { id: string; was: string[]; wouldBe: string[]; why: string }[];
}

async function replay(...words: string[]): Promise<Replayed> {
  const { stdout } = await execa(
    path.join(DIST_DIR, "bin/geniectl"),
    ["replay", path.join(folder, "decisions.jsonl"), "--store", storeDir, "--json", ...words],
    { env: { GENIE_NODE: process.execPath }, timeout: 120_000 },
  );
  return JSON.parse(stdout) as Replayed;
}

/** The network with the least of a KPI, the first of several; one without the KPI is the last resort. */
function least(candidates: readonly Candidate[], kpi: string): string {
  const valueOf = ({ kpis }: Candidate) => kpis.find(({ name }) => name === kpi)?.value ?? Infinity;
  const [first] = candidates.toSorted((a, b) => valueOf(a) - valueOf(b));
  return first?.network ?? "";
}

test.each(["occupancy", "highest"])("with the same %s nothing changes", async (name) => {
  const outcome = { replayed: DECISIONS, same: DECISIONS, different: 0, skipped: {}, changes: [] };
  expect(await replay("--module", nameOf(name))).toEqual(outcome);
});

test.each([
  ["out of the store", () => nameOf("price")],
  ["out of a file", () => path.join(DIST_DIR, "modules/price.wasm")],
])(
  "with another scorer %s, exactly those pods change that it would have placed otherwise",
  async (_, module) => {
    const expected = questions.flatMap(({ request: { candidates } }, at) => {
      const [was, wouldBe] = [least(candidates, "occupancy"), least(candidates, "price-per-hour")];
      return was === wouldBe ? [] : [{ id: String(at), was: [was], wouldBe: [wouldBe] }];
    });
    expect(expected.length).toBeGreaterThan(DECISIONS / 4);
    expect(expected.length).toBeLessThan(DECISIONS);
    const { changes, ...counts } = await replay("--module", module());
    const different = expected.length;
    expect(counts).toEqual({ replayed: DECISIONS, same: DECISIONS - different, different, skipped: {} });
    expect(changes.map(({ id, was, wouldBe }) => ({ id, was, wouldBe }))).toEqual(expected);
  },
);

test("what failed for time is left out and said; torn lines are passed over", async () => {
  const [first = "", second = ""] = (await readFile(path.join(folder, "decisions.jsonl"), "utf8")).split(
    "\n",
  );
  const late = second.replace('"outcome":"ok"', '"outcome":"timeout"');
  const file = path.join(folder, "few.jsonl");
  await writeFile(file, [first, late, first.slice(0, 99), "{}", "", first].join("\n"));
  const { stdout, stderr } = await execa(
    path.join(DIST_DIR, "bin/geniectl"),
    ["replay", "-", "--store", storeDir, "--module", nameOf("occupancy")],
    { inputFile: file, env: { GENIE_NODE: process.execPath }, timeout: 60_000 },
  );
  expect(stdout.split("\n")).toEqual([
    "2 decisions made again: 2 the same, 0 different",
    "1 left out: a module had failed for time or memory, or wasn't asked",
  ]);
  expect(stderr).toBe("warning: stdin:3 is no JSON object, and 1 more lines are passed over");
});

test("that nothing could be made again is an error, which says why", async () => {
  const file = path.join(folder, "decisions.jsonl");
  const component = path.join(DIST_DIR, "modules/price.wasm");
  const fail = async (name: string, ...words: string[]) => {
    const args = ["replay", name, "--module", component, ...words];
    const options = { env: { GENIE_NODE: process.execPath }, reject: false, timeout: 60_000 } as const;
    const { exitCode, stderr } = await execa(path.join(DIST_DIR, "bin/geniectl"), args, options);
    return { exitCode, last: stderr.split("\n").at(-1) };
  };
  const few = path.join(folder, "lost.jsonl");
  await writeFile(few, (await readFile(file, "utf8")).split("\n").slice(0, 3).join("\n"));
  expect(await fail(few, "--store", path.join(folder, "nowhere"))).toEqual({
    exitCode: 1,
    last: expect.stringContaining(`a module that took part isn't in ${folder}/nowhere: see geniectl pull`),
  });
  await writeFile(few, "{}\n");
  expect(await fail(few, "--store", storeDir)).toEqual({
    exitCode: 1,
    last: expect.stringContaining("name a file of records"),
  });
});

test("replay and list take the store of a configuration", async () => {
  const program = path.join(DIST_DIR, "bin/geniectl");
  const options = { env: { GENIE_NODE: process.execPath }, timeout: 60_000 };
  const config = path.join(folder, "00-genie.conf");
  await writeFile(config, JSON.stringify({ type: "genie", genie: { moduleStore: storeDir } }));
  const [first = ""] = (await readFile(path.join(folder, "decisions.jsonl"), "utf8")).split("\n");
  const words = ["replay", "-", "--config", config, "--module", nameOf("occupancy")];
  const { stdout } = await execa(program, words, { ...options, input: first });
  expect(stdout).toBe("1 decisions made again: 1 the same, 0 different");
  const listed = await execa(program, ["list", "--config", config], options);
  expect(listed.stdout).toContain("/occupancy@sha256:");
});

test.each(["occupancy", "highest"])("what %s was asked becomes golden cases that it passes", async (name) => {
  const program = path.join(DIST_DIR, "bin/geniectl");
  const options = { env: { GENIE_NODE: process.execPath }, timeout: 60_000 };
  const cases = path.join(folder, `${name}.json`);
  const few = (await readFile(path.join(folder, "decisions.jsonl"), "utf8")).split("\n").slice(0, 50);
  const record = ["record", "-", "--module", nameOf(name).replace(/@.*/, ":1"), "-o", cases];
  const { stdout } = await execa(program, record, { ...options, input: few.join("\n") });
  expect(stdout).toMatch(/: \d+ cases out of 50 calls$/);
  const component = path.join(DIST_DIR, `modules/${name}.wasm`);
  const test = ["test", component, "--cases", cases, "--deadline-ms", "5000"];
  expect((await execa(program, test, options)).exitCode).toBe(0);
  const again = await execa(program, record, { ...options, input: few.join("\n"), reject: false });
  expect(again).toMatchObject({ exitCode: 1, stderr: expect.stringContaining(`${cases} is there already`) });
});
