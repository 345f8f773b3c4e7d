/** A scripted guest says what real modules could say; modes of real ones are in test/e2e. */
import { describe, expect, test } from "vitest";
import {
  choices,
  decideScripted as decideAny,
  digestOf,
  firstFit,
  module,
  ok,
  reject,
  scores,
} from "../../test/fakes/scripted-decision.ts";
import type { ModuleResult } from "./outcome.ts";

/** Loading takes half a second of a script's clock, for which shadows have time here. */
const decideScripted = (script: Parameters<typeof decideAny>[0]) =>
  decideAny({ ...script, selection: { shadowDeadlineMs: 1_000, ...script.selection } });

const shadow = { mode: "shadow" };
const forAll = { mode: { canary: 100 } };
const forNone = { mode: { canary: 0 } };
const trap: ModuleResult<unknown> = { outcome: "trap", detail: "why" };

describe("a shadow", () => {
  const selection = { scorers: [module("a"), module("c", shadow)] };

  test("never decides; what it would have changed is told", async () => {
    const says = { a: scores(0.9, 0.5, 0.1), c: scores(0, 1, 0) };
    const { decision, order, calls } = await decideScripted({ selection, says });
    expect(order).toEqual(["blue", "green", "red"]);
    expect(decision.ms).toBe(501); // loading `a` and asking it
    expect(decision.modules).toMatchObject([
      { at: 0, mode: "enforce", answer: { blue: 0.9, green: 0.5, red: 0.1 } },
      {
        at: 1,
        mode: "shadow",
        outcome: "ok",
        answer: { blue: 0, green: 1, red: 0 },
        shadow: { differs: true, ranking: ["green", "blue", "red"] },
      },
    ]);
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "c"]);
  });

  test("doesn't differ when the pod would have got the same network", async () => {
    const says = { a: scores(0.9, 0.5, 0.1), c: scores(1, 0, 0.9) };
    const { decision } = await decideScripted({ selection, says });
    expect(decision.modules[1]?.shadow).toEqual({ differs: false, ranking: ["blue", "red", "green"] });
  });

  test.each<[string, ModuleResult<unknown>]>([
    ["that fails", trap],
    ["out of contract", scores(1)],
  ])("%s changes nothing and has no finding", async (_, c) => {
    const { decision, order } = await decideScripted({ selection, says: { a: scores(0, 0, 1), c } });
    expect(order[0]).toBe("red");
    expect(decision).toMatchObject({ decidedBy: "scores", modules: [{}, { mode: "shadow" }] });
    expect(decision.modules[1]?.outcome).not.toBe("ok");
    expect(decision.modules[1]).not.toHaveProperty("shadow");
  });

  test("that must not fail, does", async () => {
    const scorers = [module("a"), module("c", { ...shadow, onFailure: "fail" })];
    const { decision } = await decideScripted({
      selection: { scorers },
      says: { a: scores(1, 1, 1), c: trap },
    });
    expect(decision).toMatchObject({ decidedBy: "scores", ranking: [{}, {}, {}] });
  });

  test("is asked after the decision, in its own place: of its rejections the selector hears, too", async () => {
    const scorers = [module("c", shadow), module("a")];
    const c = ok([reject("no"), ...[1, 1].map((val) => ({ tag: "score", val }))]);
    const says = { a: scores(0.5, 0.5, 0.5), b: choices(0), c };
    const { decision, order, calls } = await decideScripted({
      selection: { scorers, selector: module("b") },
      says: { ...says, a: scores(1, 1, 1) },
    });
    expect(order).toEqual(["blue"]);
    // `a` and `b` are asked again, as other candidates stand.
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "b", "c", "a"]);
    expect(calls[3]?.request.candidates.map(({ network }) => network)).toEqual(["green", "red"]);
    expect(decision.rejected).toEqual([]);
  });

  test("selector: its choices against the real ones, and nobody else is asked again", async () => {
    const selector = [module("b"), module("d", shadow)];
    const says = { a: scores(0, 0.2, 1), b: choices(2), d: choices(1) };
    const { decision, order, calls } = await decideScripted({
      selection: { scorers: [module("a")], selector },
      says,
    });
    expect(order).toEqual(["red"]);
    expect(decision.modules[2]).toMatchObject({
      at: 2,
      kind: "selector",
      mode: "shadow",
      answer: [["green", "took 1"]],
      shadow: { differs: true, ranking: ["green"] },
    });
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "b", "d"]);
    expect(calls[2]?.verdicts).toEqual(calls[1]?.verdicts);
  });

  test("has a deadline of its own, and the others of what is left of it", async () => {
    const scorers = [module("a"), module("c", shadow), module("d", shadow)];
    const says = { a: scores(1, 1, 1), c: scores(1, 1, 1), d: scores(1, 1, 1) };
    const { decision, calls } = await decideScripted({
      selection: { scorers, deadlineMs: 50, shadowDeadlineMs: 700 },
      says,
      takesMs: 49,
    });
    expect(calls.map(({ deadlineMs }) => deadlineMs)).toEqual([50, 200]); // loading takes 500
    expect(decision.modules[2]).toMatchObject({ mode: "shadow", outcome: "timeout", notAsked: "late" });
    expect(decision.decidedBy).toBe("scores");
  });

  test("that never comes back is left behind", async () => {
    const { decision } = await decideScripted({
      selection: { ...selection, shadowDeadlineMs: 20 },
      says: { a: scores(0, 0, 1) },
      hangs: "c",
    });
    expect(decision).toMatchObject({
      decidedBy: "scores",
      modules: [{}, { mode: "shadow", outcome: "timeout" }],
    });
  });

  test("that is still being prepared when the time is over is prepared no further", async () => {
    const { decision, stopped } = await decideScripted({
      selection: { ...selection, shadowDeadlineMs: 20 },
      says: { a: scores(0, 0, 1) },
      isPrepared: ({ letter }) => letter !== "c",
    });
    expect(decision.modules).toMatchObject([{ outcome: "ok" }, { mode: "shadow", outcome: "timeout" }]);
    expect(stopped).toEqual(["c"]);
  });

  test("alone leaves the decision to the fallback", async () => {
    const { decision, order } = await decideScripted({
      selection: { scorers: [module("c", shadow)] },
      says: { c: scores(0, 1, 0) },
    });
    expect(decision.decidedBy).toBe("fallback");
    expect(order).toEqual(firstFit);
    expect(decision.modules).toMatchObject([
      { shadow: { differs: true, ranking: ["green", "blue", "red"] } },
    ]);
  });

  test("after a failure only what it rejects would change anything", async () => {
    const c = ok([reject("no"), ...[0, 1].map((val) => ({ tag: "score", val }))]);
    for (const [said, differs] of [[scores(0, 0, 1), false] as const, [c, true] as const]) {
      const { decision } = await decideScripted({ selection, says: { a: trap, c: said } });
      expect(decision).toMatchObject({
        decidedBy: "fallback",
        modules: [{ outcome: "trap" }, { mode: "shadow", outcome: "ok", shadow: { differs } }],
      });
    }
  });
});

describe("a canary", () => {
  const selection = { scorers: [module("a"), module("c", forAll)] };

  test("decides for the pods in it as if it enforced, rejections included", async () => {
    const c = ok([{ tag: "score", val: 1 }, reject("no"), { tag: "score", val: 0 }]);
    const { decision } = await decideScripted({ selection, says: { a: scores(0.5, 1, 0.5), c } });
    expect(decision).toMatchObject({
      decidedBy: "scores",
      ranking: [
        { network: "blue", score: 0.75 },
        { network: "red", score: 0.25 },
      ],
      rejected: [{ network: "green", by: digestOf("c") }],
      modules: [{}, { mode: "canary", outcome: "ok" }],
    });
  });

  test("isn't asked for the others", async () => {
    const scorers = [module("a"), module("c", forNone)];
    const { decision, calls } = await decideScripted({
      selection: { scorers },
      says: { a: scores(0, 0, 1) },
    });
    expect(decision.modules).toHaveLength(1);
    expect(calls).toHaveLength(1);
  });

  test("that fails is as if it weren't there: neither its weight nor its time counts", async () => {
    const scorers = [module("c", { ...forAll, weight: 9, onFailure: "fail" }), module("a")];
    const { decision, calls } = await decideScripted({
      selection: { scorers, deadlineMs: 50 },
      says: { a: scores(0, 0.4, 1), c: trap },
      takesMs: 40,
    });
    expect(decision).toMatchObject({
      decidedBy: "scores",
      ranking: [{ network: "red", score: 1 }, { network: "green", score: 0.4 }, {}],
      modules: [{ mode: "canary", outcome: "trap" }, { mode: "enforce" }],
    });
    expect(calls.map(({ deadlineMs }) => deadlineMs)).toEqual([50, 50]);
  });

  test.each([{ notInStore: "c" }, { notLoaded: { c: "memory" as const } }])(
    "also when it is %j",
    async (gone) => {
      const { decision, order } = await decideScripted({ selection, says: { a: scores(0, 0, 1) }, ...gone });
      expect(order[0]).toBe("red");
      expect(decision).toMatchObject({ decidedBy: "scores", modules: [{ mode: "canary" }, {}] });
    },
  );

  test("selector: the first that takes the pod decides; when it fails, the next; then the one that enforces", async () => {
    const selector = [module("b"), module("c", forNone), module("d", forAll), module("e", forAll)];
    const run = async (says: Readonly<Record<string, ModuleResult<unknown>>>) =>
      (await decideScripted({ selection: { selector }, says })).order;
    expect(await run({ b: choices(0), c: choices(1), d: choices(2), e: choices(1) })).toEqual(["red"]);
    expect(await run({ b: choices(0), d: trap, e: choices(1) })).toEqual(["green"]);
    expect(await run({ b: choices(0), d: trap, e: trap })).toEqual(["blue"]);
  });

  test("that is halted is left out, and the record says so", async () => {
    const passed = { c: { outcome: "error", detail: "halted", notAsked: "halted" } as const };
    const { decision, calls, order } = await decideScripted({
      selection,
      says: { a: scores(0, 0, 1) },
      passed,
    });
    expect(order[0]).toBe("red");
    expect(calls).toHaveLength(1);
    expect(decision.modules).toMatchObject([{ outcome: "ok" }, { mode: "canary", notAsked: "halted" }]);
  });
});

test("an open circuit counts as a failure that nobody waits for", async () => {
  const passed = { a: { outcome: "trap", detail: "open until noon", notAsked: "circuit" } as const };
  const { decision, calls } = await decideScripted({
    selection: { scorers: [module("a")] },
    says: {},
    passed,
  });
  expect(calls).toEqual([]);
  expect(decision).toMatchObject({
    decidedBy: "fallback",
    modules: [{ outcome: "trap", detail: "open until noon", notAsked: "circuit" }],
  });
});
