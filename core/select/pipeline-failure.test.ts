/** A scripted guest says what real modules could say; the real one is tested in core/sandbox and end to end. */
import { describe, expect, test } from "vitest";
import {
  both,
  choices,
  decideScripted,
  digestOf,
  firstFit,
  module,
  ok,
  oneScorer,
  onlySelector,
  reject,
  scores,
} from "../../test/fakes/scripted-decision.ts";
import { type FailedOutcome, type ModuleResult, OUTCOMES } from "./outcome.ts";

describe("a failing module hands the decision to the fallback", () => {
  const failed = OUTCOMES.filter((outcome): outcome is FailedOutcome => outcome !== "ok");

  test.each(failed)("a scorer with %s", async (outcome) => {
    const { decision, order, calls } = await decideScripted({
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
    const { decision, order } = await decideScripted({ selection: both, says });
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
    const { decision, order } = await decideScripted({ selection: oneScorer, says: { a } });
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
    const { decision, order } = await decideScripted({ selection: onlySelector, says: { b } });
    expect(order).toEqual(firstFit);
    expect(decision.modules).toMatchObject([{ outcome: "badAnswer", detail: expect.stringMatching(/./) }]);
  });

  test("a selector that is not in the store: the scorers still reject", async () => {
    const a = ok([reject("mine"), ...[1, 0].map((val) => ({ tag: "score", val }))]);
    const { decision, order } = await decideScripted({ selection: both, says: { a }, notInStore: "b" });
    expect(order).toEqual(["green", "red"]);
    expect(decision.modules).toMatchObject([
      { digest: digestOf("b"), kind: "selector", outcome: "notInStore" },
      { digest: digestOf("a"), outcome: "ok" },
    ]);
  });

  test("a scorer that can't be loaded: the selector isn't asked", async () => {
    const { decision, calls } = await decideScripted({
      selection: both,
      says: {},
      notLoaded: { a: "wrongWorld" },
    });
    expect(decision.modules).toMatchObject([
      { digest: digestOf("a"), outcome: "wrongWorld", detail: "not loaded" },
    ]);
    expect(decision.decidedBy).toBe("fallback");
    expect(calls).toEqual([]);
  });

  test("the fallback `default` prefers the default network", async () => {
    const selection = { ...onlySelector, fallback: "default" };
    const { order } = await decideScripted({ selection, says: {}, defaultNetwork: "green" });
    expect(order).toEqual(["green", "blue", "red"]);
  });
});

describe("onFailure: fail", () => {
  const strict = { scorers: [module("a")], selector: module("b", { onFailure: "fail" }) };
  const says = { a: scores(1, 1, 1), b: { outcome: "trap", detail: "unreachable" } as const };

  test("refuses the pod", async () => {
    const { decision } = await decideScripted({ selection: strict, says });
    expect(decision).toMatchObject({ ranking: [], refusal: "moduleMustNotFail" });
  });

  test("but not the pods of system namespaces", async () => {
    const { decision, order } = await decideScripted({ selection: strict, says, mayFail: false });
    expect(order).toEqual(firstFit);
    expect(decision).not.toHaveProperty("refusal");
  });

  test("speaks for its own module only", async () => {
    const { decision } = await decideScripted({
      selection: strict,
      says: { a: { outcome: "trap", detail: "" } },
    });
    expect(decision).toMatchObject({ decidedBy: "fallback", ranking: [{}, {}, {}] });
  });

  test.each([{ notInStore: "b" }, { notLoaded: { b: "memory" as const } }])(
    "also when it is %j",
    async (gone) => {
      expect((await decideScripted({ selection: strict, says, ...gone })).decision.refusal).toBe(
        "moduleMustNotFail",
      );
    },
  );
});

describe("the deadline", () => {
  const three = { scorers: [module("a"), module("c")], selector: module("b"), deadlineMs: 50 };
  const says = { a: scores(1, 1, 1), c: scores(1, 1, 1), b: choices(2) };

  test("is one for all: each call gets what is left, and loading counts for none", async () => {
    const { decision, calls } = await decideScripted({ selection: three, says, takesMs: 20 });
    expect(calls.map(({ deadlineMs }) => deadlineMs)).toEqual([50, 30, 10]);
    expect(decision).toMatchObject({ decidedBy: "selector", ms: 1_560 });
  });

  test("once it is used up nobody is asked any more", async () => {
    const { decision, calls, order } = await decideScripted({ selection: three, says, takesMs: 25 });
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "c"]);
    expect(order).toEqual(firstFit);
    expect(decision.modules.map(({ outcome }) => outcome)).toEqual(["ok", "ok", "timeout"]);
  });
});

describe("scorers are heard even after another has failed", () => {
  const selection = { scorers: [module("a"), module("b", { onFailure: "fail" }), module("c")] };
  const broken = { outcome: "trap", detail: "why" } as const;

  test("what they reject stays rejected", async () => {
    const b = ok([reject("mine"), ...[1, 1].map((val) => ({ tag: "score", val }))]);
    const c = ok([{ tag: "score", val: 1 }, reject("mine, too")]);
    const { decision, order, calls } = await decideScripted({ selection, says: { a: broken, b, c } });
    expect(order).toEqual(["green"]);
    expect(decision).toMatchObject({
      decidedBy: "fallback",
      rejected: [
        { network: "blue", reason: "mine" },
        { network: "red", reason: "mine, too" },
      ],
    });
    expect(calls.map(({ letter }) => letter)).toEqual(["a", "b", "c"]);
  });

  test("the failure of one that must not fails the pod, whichever failed first", async () => {
    const { decision } = await decideScripted({ selection, says: { a: broken, b: broken } });
    expect(decision).toMatchObject({ ranking: [], refusal: "moduleMustNotFail" });
    const absent = await decideScripted({ selection, says: { a: broken }, notInStore: "b" });
    expect(absent.decision.refusal).toBe("moduleMustNotFail");
  });
});
