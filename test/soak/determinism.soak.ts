/** Same request, same answer: over many runs, in two processes, in both of V8's compilers for wasm. */
import { mkdtempDisposable, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { beforeAll, expect, test } from "vitest";
import { buildModule } from "../../cni/author/module.ts";
import type { Sandbox } from "../../core/sandbox/port.ts";
import type { ModuleKind, SelectionRequest } from "../../core/select/request.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { DIST_DIR } from "../setup/build.ts";
import { type KnownModule, makeBuiltin, makeKnown, openGuests } from "./modules.ts";

const RUNS = 10_000;
/** Of each compiler alone: the optimising one has compiled everything at the first of them. */
const COMPILER_RUNS = 1_000;
const PATIENT_MS = 60_000;

/** Of node 24: https://github.com/v8/v8/blob/13.6-lkgr/src/flags/flag-definitions.h */
const COMPILERS = {
  "the baseline compiler alone": "--liftoff --liftoff-only",
  "the optimising compiler alone": "--no-liftoff --no-wasm-lazy-compilation",
} as const;

/** What a language offers that could differ: numbers, order, hashing, chance, and what is left of an earlier call. */
const WIDE = `import type { Choice, Request, Verdict } from "genie-cni/module";
const seen: number[] = [];

export function select({ candidates, seed }: Request, verdicts: Verdict[]): Choice[] {
  seen.push(candidates.length);
  const byHash = new Map(candidates.map(({ network, kpis }, candidate) => [network, { kpis, candidate }]));
  const weigh = (value: number) => Math.sin(value * 1e6) * Math.exp(value) + Math.random() / 3 + 0.1 + 0.2;
  const ranked = [...byHash.values()].map(({ kpis, candidate }) => ({
    candidate,
    weight: kpis.reduce((sum, { value }) => sum + weigh(value + Number(seed % 97n)), 0),
  }));
  ranked.sort((a, b) => b.weight - a.weight);
  return ranked
    .filter(({ candidate }) => verdicts[candidate]?.tag === "score")
    .map(({ candidate, weight }) => ({ candidate, reason: \`\${weight} \${seen.length} \${typeof performance}\` }));
}
`;

const CLOCK = `import type { Choice, Request } from "genie-cni/module";
export function select({ candidates }: Request): Choice[] {
  const now = Date.now();
  return candidates.map((_, candidate) => ({ candidate, reason: String(now) }));
}
`;

/** Ones that differ in all that a module may look at. */
const REQUESTS: readonly SelectionRequest[] = Array.from({ length: 20 }, (_, at) =>
  makeRequest({
    candidates: makeOrdinaryCandidates(at + 1),
    seed: 0x9e37_79b9_7f4a_7c15n * BigInt(at),
    count: 1,
  }),
);

let assemblyScript: KnownModule;
let quickJs: KnownModule;
let clock: KnownModule;

async function build(name: string, text: string): Promise<KnownModule> {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-soak-"));
  const file = path.join(folder.path, `${name}.ts`);
  await writeFile(file, text);
  const { component, kind } = await buildModule({ file });
  return await makeKnown(name, component, kind);
}

beforeAll(async () => {
  assemblyScript = await makeBuiltin("spread", "selector");
  quickJs = await build("wide", WIDE);
  clock = await build("clock", CLOCK);
}, PATIENT_MS);

async function ask({ prepared }: KnownModule, request: SelectionRequest, sandbox: Sandbox): Promise<string> {
  const { digest, kind } = prepared;
  const verdicts = request.candidates.map((_, at) => ({ tag: "score" as const, val: 1 / (at + 1) }));
  const question = { request, verdicts };
  const answers: Record<ModuleKind, () => ReturnType<Sandbox["score"]>> = {
    scorer: () => sandbox.score(digest, request, PATIENT_MS),
    selector: () => sandbox.select(digest, question, PATIENT_MS),
  };
  return JSON.stringify(await answers[kind]());
}

async function askAll(module: KnownModule, sandbox: Sandbox): Promise<readonly string[]> {
  const answers: string[] = [];
  for (const request of REQUESTS) answers.push(await ask(module, request, sandbox));
  return answers;
}

/** The answers to all requests, and that they are the same in each further run. */
async function answerOften(module: KnownModule, runs: number, program?: string): Promise<readonly string[]> {
  await using sandbox = openGuests({}, program);
  expect(await sandbox.load(module.prepared)).toMatchObject({ outcome: "ok" });
  const answers = await askAll(module, sandbox);
  for (let run = REQUESTS.length; run < runs; run++) {
    const at = run % REQUESTS.length;
    const answer = await ask(module, REQUESTS[at] ?? makeRequest(), sandbox);
    if (answer !== answers[at]) expect(answer, `run ${run}`).toBe(answers[at]);
  }
  return answers;
}

const LANGUAGES = [
  ["AssemblyScript", () => assemblyScript],
  ["QuickJS", () => quickJs],
] as const;

test.each(LANGUAGES)(
  "a module in %s answers alike, over 10,000 runs and in two processes",
  async (_name, find) => {
    const once = await answerOften(find(), RUNS);
    expect(once.filter((answer) => !answer.startsWith('{"outcome":"ok"'))).toEqual([]);
    expect(new Set(once).size, "answers that differ by request").toBe(REQUESTS.length);
    expect(await answerOften(find(), RUNS / 10)).toEqual(once);
  },
);

test.each(LANGUAGES)("a module in %s answers alike in both compilers", async (_name, find) => {
  const usual = await answerOften(find(), COMPILER_RUNS);
  for (const [name, flags] of Object.entries(COMPILERS)) {
    await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-soak-"));
    const program = path.join(folder.path, "genie-guest");
    const text = await readFile(path.join(DIST_DIR, "bin/genie-guest"), "utf8");
    await writeFile(program, text.replace(" --permission ", ` --permission ${flags} `), { mode: 0o755 });
    expect(await answerOften(find(), COMPILER_RUNS, program), name).toEqual(usual);
  }
});

test("a module that asks for the time gets none", async () => {
  await using sandbox = openGuests({});
  await sandbox.load(clock.prepared);
  const answers = await askAll(clock, sandbox);
  for (const answer of answers) expect(JSON.parse(answer)).toMatchObject({ outcome: "trap" });
});
