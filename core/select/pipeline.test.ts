/** A scripted guest says what real modules could say; the real one is tested in core/sandbox and end to end. */
import { describe, expect, test } from "vitest";
import { parseConfig } from "../config.ts";
import type { ModuleSource, Sandbox, SelectorQuestion } from "../sandbox/port.ts";
import { type FailedOutcome, type ModuleResult, OUTCOMES } from "./outcome.ts";
import { decide } from "./pipeline.ts";
import type { Question } from "./question.ts";
import type { Candidate, SelectionRequest } from "./request.ts";

const digestOf = (name: string) => `sha256:${name.repeat(64)}`;
const module = (name: string, more: object = {}) => ({ module: `r/${name}@${digestOf(name)}`, ...more });
const ok = (value: unknown): ModuleResult<unknown> => ({ outcome: "ok", value });
const scores = (...values: unknown[]) => ok(values.map((val) => ({ tag: "score", val })));
const reject = (val: string) => ({ tag: "reject", val });
const choices = (...indexes: unknown[]) =>
  ok(indexes.map((candidate) => ({ candidate, reason: `took ${candidate}` })));

interface Script {
  readonly selection: object;
  /** What modules answer, by the letter of their digest. */
  readonly says: Readonly<Record<string, ModuleResult<unknown>>>;
  /** What each call takes of the deadline. */
  readonly takesMs?: number;
  readonly notLoaded?: Readonly<Record<string, FailedOutcome>>;
  readonly notInStore?: string;
  readonly networks?: readonly string[];
  readonly defaultNetwork?: string;
  readonly mayFail?: boolean;
}

interface Call {
  readonly letter: string;
  readonly request: SelectionRequest;
  readonly verdicts?: SelectorQuestion["verdicts"];
  readonly deadlineMs: number;
}

/** Runs one decision; `calls` are those that reached the guest. */
async function run(script: Script) {
  const calls: Call[] = [];
  let nowMs = 1_000;
  const answer = async (call: Call): Promise<ModuleResult<unknown>> => {
    calls.push(call);
    nowMs += script.takesMs ?? 1;
    return script.says[call.letter] ?? { outcome: "error", detail: "nothing is scripted" };
  };
  const letterOf = (digest: string) => digest.slice(-1);
  const sandbox: Sandbox = {
    load: async ({ digest }) => {
      nowMs += 500; // loading is no part of the deadline
      const outcome = script.notLoaded?.[letterOf(digest)];
      return outcome === undefined ? { outcome: "ok", value: undefined } : { outcome, detail: "not loaded" };
    },
    score: (digest, request, deadlineMs) => answer({ letter: letterOf(digest), request, deadlineMs }),
    select: (digest, { request, verdicts }, deadlineMs) =>
      answer({ letter: letterOf(digest), request, verdicts, deadlineMs }),
    [Symbol.asyncDispose]: async () => {},
  };
  const source: ModuleSource = {
    load: async (reference, kind) => {
      const digest = reference.slice(reference.indexOf("@") + 1);
      if (letterOf(digest) === script.notInStore)
        return { outcome: "notInStore", detail: "not in the store" };
      return { digest, kind, glue: new Uint8Array(), coreByName: new Map() };
    },
  };
  const decision = await decide(toQuestion(script), { sandbox, source, nowMs: () => nowMs });
  return { decision, calls, order: decision.ranking.map(({ network }) => network) };
}

function toQuestion(script: Script): Question {
  const { networks = ["blue", "green", "red"], defaultNetwork, mayFail = true } = script;
  const genie = { selection: script.selection };
  const { selection } = parseConfig(JSON.stringify({ name: "genie", type: "genie", genie })).genie;
  const workload = { orchestrator: "none", namespace: "", name: "", labels: [], annotations: [], node: "n" };
  const candidates = networks.map((network): Candidate => ({
    network,
    plugin: "bridge",
    attributes: [],
    kpis: [],
    current: false,
  }));
  return {
    request: { purpose: "attach", workload, candidates, count: 1, seed: 7n, extensions: [] },
    selection,
    defaultNetwork,
    mayFail,
  };
}

const firstFit = ["blue", "green", "red"];
const oneScorer = { scorers: [module("a")] };
const onlySelector = { selector: module("b") };
const both = { scorers: [module("a")], selector: module("b") };

describe("healthy modules", () => {
  test("scores order the networks, with the score as the reason", async () => {
    const { decision } = await run({ selection: oneScorer, says: { a: scores(0.1, 0.9, 0.5) } });
    expect(decision).toMatchObject({
      decidedBy: "scores",
      ranking: [
        { network: "green", score: 0.9, reason: "score 0.90" },
        { network: "red", score: 0.5, reason: "score 0.50" },
        { network: "blue", score: 0.1, reason: "score 0.10" },
      ],
      modules: [{ digest: digestOf("a"), kind: "scorer", mode: "enforce", outcome: "ok", detail: "", ms: 1 }],
      rejected: [],
    });
    expect(decision).not.toHaveProperty("refusal");
  });

  test("several scorers count by their weights", async () => {
    const scorers = [module("a", { weight: 3 }), module("c", { weight: 1 })];
    const { decision } = await run({
      selection: { scorers },
      says: { a: scores(0.2, 1, 0), c: scores(1, 0, 0) },
    });
    expect(decision.ranking).toMatchObject([
      { network: "green", score: 0.75 },
      { network: "blue", score: 0.4 },
      { network: "red", score: 0 },
    ]);
  });

  test.each([
    [[0.5, 0.5, 0.5], firstFit],
    [
      [0, 0.7, 0.7],
      ["green", "red", "blue"],
    ],
    [[0, -0, 0], firstFit],
  ])("scores %j are ordered %j: ties by configuration order", async (values, order) => {
    expect((await run({ selection: oneScorer, says: { a: scores(...values) } })).order).toEqual(order);
  });

  test("the selector has the last word, sees the scores, and gives the reason", async () => {
    const says = { a: scores(0.1, 0.9, 0.5), b: choices(2, 0) };
    const { decision, calls } = await run({ selection: both, says });
    expect(decision).toMatchObject({
      decidedBy: "selector",
      ranking: [
        { network: "red", score: 0.5, reason: "took 2" },
        { network: "blue", score: 0.1, reason: "took 0" },
      ],
    });
    expect(calls[1]?.verdicts).toEqual([0.1, 0.9, 0.5].map((val) => ({ tag: "score", val })));
  });

  test("without scorers a selector gets zeroes, and the ranking has no score", async () => {
    const { decision, calls } = await run({ selection: onlySelector, says: { b: choices(1) } });
    expect(decision.ranking).toEqual([{ network: "green", reason: "took 1" }]);
    expect(calls[0]?.verdicts?.map(({ val }) => val)).toEqual([0, 0, 0]);
  });

  test("each module gets its own settings and one seed", async () => {
    const selection = { scorers: [module("a", { settings: { x: [1] } })], selector: module("b") };
    const { calls } = await run({ selection, says: { a: scores(1, 1, 1), b: choices(0) } });
    expect(calls.map(({ request }) => request.settings)).toEqual(['{"x":[1]}', "{}"]);
    expect(calls.map(({ request }) => request.seed)).toEqual([7n, 7n]);
  });

  test("one question has one digest, another has another", async () => {
    const says = { a: scores(1, 1, 1) };
    const inputs = async (more: object) =>
      (await run({ selection: oneScorer, says, ...more })).decision.inputs;
    expect(await inputs({ takesMs: 9 })).toBe(await inputs({}));
    expect(await inputs({ networks: ["blue", "green", "pink"] })).not.toBe(await inputs({}));
    expect(await inputs({ selection: { scorers: [module("a", { weight: 2 })] } })).not.toBe(await inputs({}));
  });
});

describe("rejections", () => {
  const partly = ok([reject("full"), { tag: "score", val: 0.1 }, { tag: "score", val: 0.9 }]);

  test("a rejected candidate is not shown to later modules and stays out", async () => {
    const selection = { scorers: [module("a"), module("c")], selector: module("b") };
    const says = { a: partly, c: scores(1, 0), b: choices(0) };
    const { decision, calls, order } = await run({ selection, says });
    for (const { request } of calls.slice(1)) {
      expect(request.candidates.map(({ network }) => network)).toEqual(["green", "red"]);
    }
    expect(order).toEqual(["green"]);
    expect(decision.rejected).toEqual([{ network: "blue", by: digestOf("a"), reason: "full" }]);
  });

  test("a selector can't take it: its index is out of range", async () => {
    const { decision, order } = await run({ selection: both, says: { a: partly, b: choices(2) } });
    expect(decision).toMatchObject({ decidedBy: "fallback", modules: [{}, { outcome: "badAnswer" }] });
    expect(order).toEqual(["green", "red"]);
  });

  test("it also counts when the fallback decides, even if it is the default", async () => {
    const selection = { scorers: [module("a"), module("c")], fallback: "default" };
    const trap: ModuleResult<unknown> = { outcome: "trap", detail: "unreachable" };
    const { decision, order } = await run({
      selection,
      says: { a: partly, c: trap },
      defaultNetwork: "blue",
    });
    expect(order).toEqual(["green", "red"]);
    expect(decision).toMatchObject({ decidedBy: "fallback", rejected: [{ network: "blue" }] });
  });

  test("when all are rejected nobody else is asked, and no fallback helps", async () => {
    const says = { a: ok([reject("x"), reject("y"), reject("z")]), b: choices(0) };
    const { decision, calls } = await run({ selection: both, says, mayFail: false });
    expect(decision).toMatchObject({ ranking: [], refusal: "everyCandidateRejected", decidedBy: "scores" });
    expect(decision.rejected.map(({ network, reason }) => network + reason)).toEqual([
      "bluex",
      "greeny",
      "redz",
    ]);
    expect(calls).toHaveLength(1);
  });

  test("all can be rejected by several scorers together", async () => {
    const selection = { scorers: [module("a"), module("c")] };
    const says = { a: partly, c: ok([reject("y"), reject("z")]) };
    const { decision } = await run({ selection, says });
    expect(decision.refusal).toBe("everyCandidateRejected");
    expect(decision.rejected.map(({ by }) => by)).toEqual([digestOf("a"), digestOf("c"), digestOf("c")]);
  });
});

describe("a failing module hands the decision to the fallback", () => {
  const failed = OUTCOMES.filter((outcome): outcome is FailedOutcome => outcome !== "ok");

  test.each(failed)("a scorer with %s", async (outcome) => {
    const { decision, order, calls } = await run({
      selection: both,
      says: { a: { outcome, detail: "why" } },
    });
    expect(order).toEqual(firstFit);
    expect(decision).toMatchObject({
      decidedBy: "fallback",
      modules: [{ digest: digestOf("a"), kind: "scorer", outcome, detail: "why" }],
    });
    expect(calls).toHaveLength(1);
  });

  test.each(failed)("a selector with %s", async (outcome) => {
    const says = { a: scores(0, 0, 1), b: { outcome, detail: "why" } };
    const { decision, order } = await run({ selection: both, says });
    expect(order).toEqual(firstFit);
    expect(decision).toMatchObject({
      decidedBy: "fallback",
      modules: [{ outcome: "ok" }, { digest: digestOf("b"), kind: "selector", outcome, detail: "why" }],
    });
  });

  test.each<[string, ModuleResult<unknown>]>([
    ["fewer verdicts", scores(1, 1)],
    ["more verdicts", scores(1, 1, 1, 1)],
    ["NaN", scores(1, Number.NaN, 1)],
    ["above 1", scores(1, 1.5, 1)],
    ["below 0", scores(1, -0.5, 1)],
    ["garbage", ok("1,1,1")],
  ])("a scorer out of contract: %s", async (_, a) => {
    const { decision, order } = await run({ selection: oneScorer, says: { a } });
    expect(order).toEqual(firstFit);
    expect(decision.modules).toMatchObject([{ outcome: "badAnswer", detail: expect.stringMatching(/./) }]);
  });

  test.each<[string, ModuleResult<unknown>]>([
    ["none", choices()],
    ["a duplicate", choices(1, 1)],
    ["out of range", choices(3)],
    ["negative", choices(-1)],
    ["garbage", ok({})],
  ])("a selector out of contract: %s", async (_, b) => {
    const { decision, order } = await run({ selection: onlySelector, says: { b } });
    expect(order).toEqual(firstFit);
    expect(decision.modules).toMatchObject([{ outcome: "badAnswer", detail: expect.stringMatching(/./) }]);
  });

  test("one that is not in the store: no module is asked", async () => {
    const { decision, order, calls } = await run({ selection: both, says: {}, notInStore: "b" });
    expect(order).toEqual(firstFit);
    expect(decision.modules).toMatchObject([
      { digest: digestOf("b"), kind: "selector", outcome: "notInStore" },
    ]);
    expect(calls).toEqual([]);
  });

  test("one that can't be loaded: no module is asked", async () => {
    const { decision, calls } = await run({ selection: both, says: {}, notLoaded: { a: "wrongWorld" } });
    expect(decision.modules).toMatchObject([
      { digest: digestOf("a"), outcome: "wrongWorld", detail: "not loaded" },
    ]);
    expect(decision.decidedBy).toBe("fallback");
    expect(calls).toEqual([]);
  });

  test("the fallback `default` prefers the default network", async () => {
    const selection = { ...onlySelector, fallback: "default" };
    const { order } = await run({ selection, says: {}, defaultNetwork: "green" });
    expect(order).toEqual(["green", "blue", "red"]);
  });
});

describe("onFailure: fail", () => {
  const strict = { scorers: [module("a")], selector: module("b", { onFailure: "fail" }) };
  const says = { a: scores(1, 1, 1), b: { outcome: "trap", detail: "unreachable" } as const };

  test("refuses the pod", async () => {
    const { decision } = await run({ selection: strict, says });
    expect(decision).toMatchObject({ ranking: [], refusal: "moduleMustNotFail" });
  });

  test("but not the pods of system namespaces", async () => {
    const { decision, order } = await run({ selection: strict, says, mayFail: false });
    expect(order).toEqual(firstFit);
    expect(decision).not.toHaveProperty("refusal");
  });

  test("speaks for its own module only", async () => {
    const { decision } = await run({ selection: strict, says: { a: { outcome: "trap", detail: "" } } });
    expect(decision).toMatchObject({ decidedBy: "fallback", ranking: [{}, {}, {}] });
  });

  test.each([{ notInStore: "b" }, { notLoaded: { b: "memory" as const } }])(
    "also when it is %j",
    async (gone) => {
      expect((await run({ selection: strict, says, ...gone })).decision.refusal).toBe("moduleMustNotFail");
    },
  );
});

describe("the deadline", () => {
  const three = { scorers: [module("a"), module("c")], selector: module("b"), deadlineMs: 50 };
  const says = { a: scores(1, 1, 1), c: scores(1, 1, 1), b: choices(2) };

  test("is one for all: each call gets what is left, and loading counts for none", async () => {
    const { decision, calls } = await run({ selection: three, says, takesMs: 20 });
    expect(calls.map(({ deadlineMs }) => deadlineMs)).toEqual([50, 30, 10]);
    expect(decision).toMatchObject({ decidedBy: "selector", ms: 1_560 });
  });

  test("once it is used up nobody is asked any more", async () => {
    const { decision, calls, order } = await run({ selection: three, says, takesMs: 25 });
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "c"]);
    expect(order).toEqual(firstFit);
    expect(decision.modules.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "timeout"]);
  });
});
