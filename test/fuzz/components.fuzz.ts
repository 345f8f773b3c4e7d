/**
 * Damaged components on the way that a node takes: check, transpiler, check of what comes back, guest, check of the
 * answer. Nothing may crash, hang, or get an answer through that breaks the contract.
 * `GENIE_FUZZ_SEED` repeats a run, `GENIE_FUZZ_MUTANTS` changes how many there are.
 */
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { buildModule } from "../../cni/author/module.ts";
import { spawnGuest } from "../../cni/guest-process.ts";
import { openSandbox } from "../../core/sandbox/host/sandbox.ts";
import { LIFT } from "../../core/sandbox/wire/message.ts";
import type { Sandbox } from "../../core/sandbox/port.ts";
import { checkVerdicts } from "../../core/select/answer.ts";
import { OUTCOMES } from "../../core/select/outcome.ts";
import { findModuleFault } from "../../core/wasm/component.ts";
import { findLift } from "../../core/wasm/lift.ts";
import { generateRecords } from "../../registry/prepare/generate.ts";
import { findMadeFault } from "../../registry/prepare/made.ts";
import { toPreparedModule } from "../../registry/prepare/source.ts";
import { transpile } from "../../registry/prepare/transpile.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { TRANSPILING } from "../fakes/transpiling.ts";
import { makeHostile } from "../guests/corpus.ts";
import { DIST_DIR } from "../setup/build.ts";
import { type Base, mutate, toBase } from "./mutate.ts";
import { openRandom, type Random } from "./random.ts";

const MUTANTS = Number(process.env["GENIE_FUZZ_MUTANTS"] ?? 20_000);
const SEED = Number(process.env["GENIE_FUZZ_SEED"] ?? Date.now() % 2 ** 32);

/** A mutant that loops costs as much, and a new guest. */
const DEADLINE_MS = 100;
const LIMITS = { memoryBytes: 16 * 2 ** 20, loadMs: 5000 };
/** Modules in one guest: each stays there. */
const MODULES_PER_GUEST = 200;
/** One in so many goes through the transpiler's own process, which takes ten times as long as jco in this one. */
const CONFINED_EVERY = 100;
/** One in so many is a JavaScript engine, which takes a hundred times as long. */
const ENGINE_EVERY = 500;

const request = makeRequest({ candidates: makeOrdinaryCandidates(3), count: 2 });
const PRINTABLE = /^[\p{L}\p{N}\p{P}\p{S} ]*$/u;

async function buildEngine(): Promise<Base> {
  const folder = await mkdtemp(path.join(tmpdir(), "genie-fuzz-"));
  try {
    const file = path.join(folder, "engine.ts");
    const types = 'import type { Request, Verdict } from "genie-cni/module";';
    const source = `${types}\nexport const score = ({ candidates }: Request): Verdict[] => candidates.map(() => ({ tag: "score", val: 1 }));`;
    await writeFile(file, source);
    return toBase("QuickJS", (await buildModule({ file })).component);
  } finally {
    await rm(folder, { recursive: true });
  }
}

async function listBases(): Promise<Base[]> {
  const built = ["occupancy", "price"].map(async (name) =>
    toBase(name, await readFile(path.join(DIST_DIR, `modules/${name}.wasm`))),
  );
  const written = ["nan", "score-one", "error", "reason-at-limit", "recursion-through-table"].map(
    async (name) => toBase(name, (await makeHostile(name)).wasm),
  );
  return await Promise.all([...built, ...written]);
}

/** Where a mutant's way ended, in a word. */
async function follow(
  wasm: Uint8Array,
  { number, sandbox }: { number: number; sandbox: Sandbox },
): Promise<string> {
  if (findModuleFault("scorer", wasm) !== undefined) return "check";
  const made = await prepare(wasm, number);
  if (made === undefined) return "transpiler";
  const digest = `sha256:${number}`;
  const loaded = await sandbox.load(toPreparedModule({ digest, kind: "scorer" }, made));
  expect(loaded.outcome, "a guest that doesn't start").not.toBe("error");
  if (loaded.outcome !== "ok") return `load ${loaded.outcome}`;
  const answer = await sandbox.score(digest, request, DEADLINE_MS);
  expect(OUTCOMES).toContain(answer.outcome);
  if (answer.outcome !== "ok") {
    expect(answer.detail).toMatch(PRINTABLE);
    return answer.outcome;
  }
  const checked = checkVerdicts(answer.value, request);
  if (checked.outcome !== "ok") return checked.outcome;
  expect(checked.value).toHaveLength(3);
  for (const verdict of checked.value) {
    if (verdict.tag === "score") expect(verdict.val >= 0 && verdict.val <= 1).toBe(true);
    else {
      expect(verdict.val).toMatch(PRINTABLE);
      expect(Buffer.byteLength(verdict.val)).toBeLessThanOrEqual(128);
    }
  }
  return "ok";
}

async function prepare(wasm: Uint8Array, number: number) {
  if (number % CONFINED_EVERY === 0) {
    const made = await transpile(wasm, TRANSPILING);
    expect(["ok", "wrongWorld", "memory"]).toContain(made.outcome);
    return made.outcome === "ok" ? made.value : undefined;
  }
  try {
    const records = await generateRecords(wasm);
    const lift = findLift(wasm);
    expect(findMadeFault(records)).toBeUndefined();
    return new Map([
      ...records,
      ...(lift === undefined ? [] : [[LIFT, Buffer.from(JSON.stringify(lift))] as const]),
    ]);
  } catch (error) {
    if (error instanceof Error && error.name === "AssertionError") throw error;
    return undefined; // jco refuses it, in its own words
  }
}

const openGuest = () =>
  openSandbox(() => spawnGuest(path.join(DIST_DIR, "bin/genie-guest")), LIMITS, { keepsSpare: true });

async function runAll(bases: readonly Base[], { engine, random }: { engine: Base; random: Random }) {
  const countByEnd = new Map<string, number>();
  let sandbox = openGuest();
  try {
    let loadedCount = 0;
    for (let number = 1; number <= MUTANTS; number += 1) {
      const base = number % ENGINE_EVERY === 0 ? engine : random.pick(bases);
      const wasm = mutate(base, random);
      const end = await follow(wasm, { number, sandbox }).catch((cause: unknown) => {
        throw new Error(`mutant ${number} of ${base.name}, seed ${SEED}`, { cause });
      });
      countByEnd.set(end, (countByEnd.get(end) ?? 0) + 1);
      if (end !== "check" && end !== "transpiler") loadedCount += 1;
      if (loadedCount < MODULES_PER_GUEST) continue;
      loadedCount = 0;
      await sandbox[Symbol.asyncDispose]();
      sandbox = openGuest();
    }
  } finally {
    await sandbox[Symbol.asyncDispose]();
  }
  return countByEnd;
}

test("damaged components crash nothing, hang nothing, and get no answer through that breaks the contract", async () => {
  console.log(`seed ${SEED}, ${MUTANTS} components`);
  const [bases, engine] = await Promise.all([listBases(), buildEngine()]);
  const countByEnd = await runAll(bases, { engine, random: openRandom(SEED) });
  console.log("ended at", Object.fromEntries([...countByEnd].toSorted(([, a], [, b]) => b - a)));
  expect([...countByEnd.values()].reduce((sum, count) => sum + count, 0)).toBe(MUTANTS);
  const reached = MUTANTS - (countByEnd.get("check") ?? 0);
  expect(reached, "so few pass the check that the rest of the way is not tried").toBeGreaterThan(
    MUTANTS / 10,
  );
});
