/** One module in a real guest process, as `geniectl test`, `run`, `check` and `bench` have it. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { compileModule } from "../../test/guests/corpus.ts";
import { DIST_DIR } from "../../test/setup/build.ts";
import type { Question } from "../../core/golden/answer.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { buildModule } from "./module.ts";
import { makeNodeLimits, openTrial, prepareTrial, type Trial, type TrialModule } from "./trial.ts";

const PATIENT_MS = 10_000;
const guest = path.join(DIST_DIR, "bin/genie-guest");
const transpiler = path.join(DIST_DIR, "bin/genie-transpiler");

/** A hostile module of test/guests, which are good at answering what they shouldn't. */
async function tryModule(name: string, kind: ModuleKind, deadlineMs = PATIENT_MS): Promise<Trial> {
  return await tryComponent({ component: await compileModule(name, kind), kind }, deadlineMs);
}

async function tryComponent(module: TrialModule, deadlineMs = PATIENT_MS): Promise<Trial> {
  const prepared = await prepareTrial(module, transpiler);
  if (prepared.outcome !== "ok") throw new Error(prepared.detail);
  const opened = await openTrial(prepared.value, { ...makeNodeLimits(), deadlineMs, guest });
  if (opened.outcome !== "ok") throw new Error(opened.detail);
  return opened.value;
}

const request = makeRequest({ candidates: [makeCandidate("blue"), makeCandidate("green")] });
const score = { tag: "score", val: 1 } as const;
const question: Question = { request, verdicts: [score, score] };

test("a node's limits are those of a configuration that says nothing", () => {
  expect(makeNodeLimits()).toEqual({ deadlineMs: 50, memoryMiB: 16 });
});

test("an endless loop ends at the deadline, and the next question is answered alike", async () => {
  await using trial = await tryModule("loop-in-call", "scorer", 200);
  const late = { outcome: "timeout", detail: expect.stringMatching(/^stopped after \d+ ms$/) };
  expect(await trial.ask(question)).toEqual(late);
  expect(await trial.ask(question)).toEqual(late);
});

test("an answer out of contract is told as on a node", async () => {
  await using trial = await tryModule("nan", "scorer");
  expect(await trial.ask(question)).toMatchObject({ outcome: "badAnswer" });
});

test.each([
  [
    "score = () => [1, 1]",
    'verdicts[0] must be { tag: "score", val: NUMBER } or { tag: "reject", val: TEXT }',
  ],
  ["score = async () => []", "score must return a list of verdicts, and no promise"],
  [
    "select = () => [{ candidate: 'blue', reason: '' }]",
    "choices[0] must be { candidate: POSITION, reason: TEXT }",
  ],
])("what JavaScript answers in another form is told with words: %s", async (source, detail) => {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "genie-trial-"));
  undo.defer(() => rm(folder, { recursive: true }));
  const file = path.join(folder, "wrong.js");
  await writeFile(file, `export const ${source};`);
  await using trial = await tryComponent(await buildModule({ file }));
  expect(await trial.ask(question)).toEqual({ outcome: "error", detail });
});

describe("a selector that is told of rejections", () => {
  const reject = { tag: "reject", val: "full" } as const;

  test("need choose nothing where all is rejected", async () => {
    await using trial = await tryModule("too-few-choices", "selector");
    expect(await trial.ask({ request, verdicts: [reject, reject] })).toMatchObject({ outcome: "ok" });
    expect(await trial.ask({ request, verdicts: [reject, score] })).toMatchObject({
      outcome: "badAnswer",
      detail: "0 choices where 1 are wanted",
    });
  });

  test("must not choose what is", async () => {
    await using undo = new AsyncDisposableStack();
    const folder = await mkdtemp(path.join(tmpdir(), "genie-trial-"));
    undo.defer(() => rm(folder, { recursive: true }));
    const file = path.join(folder, "first.ts");
    const source = "export const select = () => [{ candidate: 0, reason: '' }];";
    await writeFile(file, source);
    await using trial = await tryComponent(await buildModule({ file }));
    expect(await trial.ask({ request, verdicts: [score, reject] })).toMatchObject({ outcome: "ok" });
    expect(await trial.ask({ request, verdicts: [reject, score] })).toEqual({
      outcome: "badAnswer",
      detail: "choice 0 is a candidate that was rejected",
    });
  });
});
