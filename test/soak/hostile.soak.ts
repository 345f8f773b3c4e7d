/** A thousand decisions in one sandbox, where every tenth call is of a hostile module. */
import { mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { buildModule } from "../../cni/author/module.ts";
import type { Sandbox } from "../../core/sandbox/port.ts";
import { planCast } from "../../core/select/cast.ts";
import type { HealthBook } from "../../core/select/health/book.ts";
import { noteRuns } from "../../core/select/health/note.ts";
import { toFindPass } from "../../core/select/health/pass.ts";
import type { Outcome } from "../../core/select/outcome.ts";
import { decide } from "../../core/select/pipeline.ts";
import type { Question } from "../../core/select/question.ts";
import { makeSelection } from "../fakes/decision.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { hostileModules } from "../guests/corpus.ts";
import { median } from "../bench/statistics.ts";
import { readGuests } from "./guest-memory.ts";
import { type KnownModule, makeBuiltin, makeKnown, openGuests, openSource } from "./modules.ts";

const DECISIONS = 1_000;
const HOSTILE_EVERY = 5; // of the two calls of each decision, so every tenth call
const DEADLINE_MS = 50;
/** A little less, so that it is heard before the decision that it is held against. */
const TIMER_MS = DEADLINE_MS - 3;
const LATE_MS = 20;
/** Refused before a guest sees it, or served: no decision falls back while it runs. */
const HARMLESS: readonly Outcome[] = ["wrongWorld", "ok"];
const NAMESPACES = ["shop", "cart", "mail", "web"];
const EVIL = "evil";
/** Where only a module that never ends is to be late. */
const PATIENT_MS = 1_000;

/** How one decision went. */
interface Course {
  readonly namespace: string;
  readonly decidedBy: string;
  readonly outcomes: readonly string[];
  /** From the moment the guest had the modules until there was a decision, over the deadline. */
  readonly overMs: number;
  /** The same of a timer that was started at that moment: what this machine does to anybody. */
  readonly timerOverMs: number;
}

/** Notes when the last module was taken up: from then on the deadline counts. */
function watchLoads(sandbox: Sandbox) {
  const seen = { readyAtMs: 0, timerOverMs: 0, timer: undefined as NodeJS.Timeout | undefined };
  const load: Sandbox["load"] = async (module) => {
    const result = await sandbox.load(module);
    clearTimeout(seen.timer);
    const readyAtMs = performance.now();
    seen.readyAtMs = readyAtMs;
    seen.timerOverMs = 0;
    seen.timer = setTimeout(() => {
      seen.timerOverMs = performance.now() - readyAtMs - TIMER_MS;
    }, TIMER_MS);
    return result;
  };
  const watched: Sandbox = {
    load,
    score: (...words) => sandbox.score(...words),
    select: (...words) => sandbox.select(...words),
    [Symbol.asyncDispose]: () => sandbox[Symbol.asyncDispose](),
  };
  return { watched, seen };
}

function toQuestion(
  namespace: string,
  modules: { scorer: KnownModule; selector: KnownModule },
  deadlineMs = DEADLINE_MS,
): Question {
  const workload = {
    orchestrator: "kubernetes",
    namespace,
    name: "p",
    labels: [],
    annotations: [],
    node: "n",
  };
  return {
    // The corpus is made for three candidates of which two are wanted.
    request: makeRequest({
      candidates: makeOrdinaryCandidates(namespace === EVIL ? 3 : 10),
      count: 2,
      workload,
    }),
    selection: makeSelection({
      scorers: [{ module: modules.scorer.reference }],
      selector: { module: modules.selector.reference },
      deadlineMs,
    }),
    defaultNetwork: undefined,
    mayFail: true,
  };
}

async function decideOne(
  question: Question,
  modules: readonly KnownModule[],
  sandbox: Sandbox,
): Promise<Course> {
  const { watched, seen } = watchLoads(sandbox);
  const ports = { source: openSource(modules), sandbox: watched, nowMs: () => performance.now() };
  const decision = await decide(question, ports);
  const overMs = performance.now() - seen.readyAtMs - DEADLINE_MS;
  clearTimeout(seen.timer);
  const { decidedBy } = decision;
  const outcomes = decision.modules.map(({ outcome }) => outcome);
  const { namespace } = question.request.workload;
  return { namespace, decidedBy, outcomes, overMs, timerOverMs: seen.timerOverMs };
}

async function prepareHostile() {
  const corpus = (await hostileModules()).filter(({ outcome }) => !HARMLESS.includes(outcome));
  const hostile: { module: KnownModule; outcome: Outcome; isSelector: boolean }[] = [];
  for (const { name, wasm, kind, outcome } of corpus) {
    hostile.push({ module: await makeKnown(name, wasm, kind), outcome, isSelector: kind === "selector" });
  }
  return hostile;
}

test("nobody but the hostile ones' pods sees a fallback, and no decision is late", async () => {
  const good = {
    scorer: await makeBuiltin("occupancy", "scorer"),
    selector: await makeBuiltin("highest", "selector"),
  };
  const hostile = await prepareHostile();
  const modules = [good.scorer, good.selector, ...hostile.map(({ module }) => module)];
  await using sandbox = openGuests({ keepsSpare: true });
  await using untouched = openGuests({ keepsSpare: true });
  for (const one of [sandbox, untouched]) await decideOne(toQuestion("warm", good), modules, one);

  const courses: Course[] = [];
  const controls: Course[] = [];
  for (let at = 0; at < DECISIONS; at++) {
    if (at % HOSTILE_EVERY === 0) {
      const { module, outcome, isSelector } = pick(hostile, at / HOSTILE_EVERY);
      const cast = isSelector ? { ...good, selector: module } : { ...good, scorer: module };
      const course = await decideOne(toQuestion(EVIL, cast), modules, sandbox);
      // On a machine that stands still, any call may be late.
      expect([outcome, "timeout"], module.reference).toContain(course.outcomes.at(-1));
      expect(course.decidedBy, module.reference).toBe("fallback");
      courses.push(course);
    } else {
      const question = toQuestion(pick(NAMESPACES, at), good);
      courses.push(await decideOne(question, modules, sandbox));
      controls.push(await decideOne(question, modules, untouched));
    }
  }
  report(courses, controls);
  expect((await readGuests()).length, "guests that live").toBeLessThanOrEqual(4);

  const ours = courses.filter(({ namespace }) => namespace !== EVIL);
  const failed = ours.filter(({ decidedBy }) => decidedBy !== "selector");
  expect(failed.filter(({ outcomes }) => !outcomes.includes("timeout"))).toEqual([]);
  // A machine that stands still fails calls and misses deadlines wherever it is asked: the untouched sandbox tells how often.
  expect(failed.length).toBeLessThanOrEqual(
    tolerate(controls.filter(({ decidedBy }) => decidedBy !== "selector")),
  );
  const late = courses.filter((course) => toNetMs(course) > LATE_MS);
  expect(late.length).toBeLessThanOrEqual(tolerate(controls.filter(({ overMs }) => overMs > LATE_MS)));
});

function tolerate(controls: readonly Course[]): number {
  return 2 + 2 * controls.length;
}

/** What a decision was late by, beyond what a timer was that was started with it. */
function toNetMs({ overMs, timerOverMs }: Course): number {
  return overMs - Math.max(0, timerOverMs);
}

function pick<T>(items: readonly T[], at: number): T {
  const item = items[at % items.length];
  if (item === undefined) throw new Error("nothing to choose from");
  return item;
}

function report(courses: readonly Course[], controls: readonly Course[]): void {
  const evil = courses.filter(({ namespace }) => namespace === EVIL);
  const good = courses.filter(({ namespace }) => namespace !== EVIL);
  const took = (list: readonly Course[]) =>
    (median(list.map(({ overMs }) => overMs)) + DEADLINE_MS).toFixed(2);
  const fallbacks = (list: readonly Course[]) =>
    list.filter(({ decidedBy }) => decidedBy !== "selector").length;
  const [worst = Number.NaN] = evil.map(({ overMs }) => overMs).toSorted((a, b) => b - a);
  const [worstNet = Number.NaN] = evil.map(toNetMs).toSorted((a, b) => b - a);
  console.log(
    `${courses.length} decisions, ${evil.length} of them with a hostile module; these were over the deadline by at most ` +
      `${worst.toFixed(1)} ms, ${worstNet.toFixed(1)} ms after a timer of the same length\n` +
      `other namespaces: ${fallbacks(good)} fallbacks of ${good.length}, p50 ${took(good)} ms; ` +
      `in an untouched sandbox ${fallbacks(controls)} of ${controls.length}, p50 ${took(controls)} ms`,
  );
}

const MOODY = `import { Request, Verdict } from "genie-cni/sdk";

export function score(request: Request): Verdict[] {
  while (request.workload.namespace == "${EVIL}") {}
  const verdicts: Verdict[] = [];
  for (let i = 0; i < request.candidates.length; i++) verdicts.push(Verdict.score(0.5));
  return verdicts;
}
`;

test("a module that fails for the pods of one namespace is left alone there, and asked for all others", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-soak-"));
  const file = path.join(folder.path, "moody.ts");
  await writeFile(file, MOODY);
  const { component } = await buildModule({ file });
  const moody = await makeKnown("moody", component, "scorer");
  const selector = await makeBuiltin("highest", "selector");
  await using sandbox = openGuests({ keepsSpare: true });
  const source = openSource([moody, selector]);
  let book: HealthBook = [];
  const asked: string[] = [];
  const decided: (readonly [string, string])[] = [];
  for (let at = 0; at < 300; at++) {
    const namespace = pick([...NAMESPACES, EVIL], at);
    const question = toQuestion(namespace, { scorer: moody, selector }, PATIENT_MS);
    const { selection } = question;
    const nowMs = at; // so that no circuit is tried again
    const cast = planCast(question, toFindPass(book, namespace, nowMs));
    const decision = await decide(question, { source, sandbox, nowMs: () => performance.now() }, cast);
    book = noteRuns(book, decision.modules, { selection, namespace, nowMs, trials: [] }).book;
    if (decision.modules.some(({ at: slot, notAsked }) => slot === 0 && notAsked === undefined))
      asked.push(namespace);
    decided.push([namespace, decision.decidedBy]);
  }
  expect(asked.filter((namespace) => namespace === EVIL)).toHaveLength(3);
  expect(decided.filter(([namespace, by]) => namespace === EVIL && by !== "fallback")).toEqual([]);
  const fallbacks = decided.filter(([namespace, by]) => namespace !== EVIL && by !== "selector");
  console.log(`circuit: ${asked.length} of 300 asked, ${fallbacks.length} fallbacks in other namespaces`);
  expect(asked.filter((namespace) => namespace !== EVIL)).toHaveLength(240);
  expect(fallbacks).toEqual([]);
});
