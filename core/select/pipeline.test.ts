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
import type { ModuleResult } from "./outcome.ts";

describe("healthy modules", () => {
  test("reasons as long as the admin allows are kept whole, and longer ones are cut", async () => {
    const says = {
      a: ok([reject("r".repeat(40)), reject("r".repeat(41)), { tag: "score", val: 1 }]),
      b: ok([{ candidate: 0, reason: "c".repeat(41) }]),
    };
    const { decision } = await decideScripted({ selection: { ...both, limits: { reasonBytes: 40 } }, says });
    expect(decision).toMatchObject({
      rejected: [{ reason: "r".repeat(40) }, { reason: "r".repeat(40) }],
      ranking: [{ network: "red", reason: "c".repeat(40) }],
    });
  });

  test("scores order the networks, with the score as the reason", async () => {
    const { decision } = await decideScripted({ selection: oneScorer, says: { a: scores(0.1, 0.9, 0.5) } });
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
    const { decision } = await decideScripted({
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
    expect((await decideScripted({ selection: oneScorer, says: { a: scores(...values) } })).order).toEqual(
      order,
    );
  });

  test("each module sees the labels and annotations that it declares and is granted", async () => {
    const attributes = ["tier", "zone"].map((key) => ({ key, value: "a" }));
    const { calls } = await decideScripted({
      selection: {
        scorers: [
          module("a", { labels: ["tier"], annotations: ["zone"] }),
          module("c", { labels: ["tier"] }),
        ],
        selector: module("b", { annotations: ["zone"] }),
      },
      says: { a: scores(1, 1, 1), c: scores(1, 1, 1), b: choices(0) },
      declares: {
        a: { labels: ["tier", "zone"], annotations: [] },
        b: { labels: ["tier"], annotations: ["zone"] },
      },
      workload: { labels: attributes, annotations: attributes },
    });
    const seen = calls.map(({ request: { workload } }) =>
      [workload.labels, workload.annotations].map((shown) => shown.map(({ key }) => key)),
    );
    expect(seen).toEqual([
      [["tier"], []],
      [[], []],
      [[], ["zone"]],
    ]);
  });

  test("the selector has the last word, sees the scores, and gives the reason", async () => {
    const says = { a: scores(0.1, 0.9, 0.5), b: choices(2, 0) };
    const { decision, calls } = await decideScripted({ selection: both, says });
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
    const { decision, calls } = await decideScripted({ selection: onlySelector, says: { b: choices(1) } });
    expect(decision.ranking).toEqual([{ network: "green", reason: "took 1" }]);
    expect(calls[0]?.verdicts?.map(({ val }) => val)).toEqual([0, 0, 0]);
  });

  test("each module gets its own settings and one seed", async () => {
    const selection = { scorers: [module("a", { settings: { x: [1] } })], selector: module("b") };
    const { calls } = await decideScripted({ selection, says: { a: scores(1, 1, 1), b: choices(0) } });
    expect(calls.map(({ request }) => request.settings)).toEqual(['{"x":[1]}', "{}"]);
    expect(calls.map(({ request }) => request.seed)).toEqual([7n, 7n]);
  });
});

describe("rejections", () => {
  const partly = ok([reject("full"), { tag: "score", val: 0.1 }, { tag: "score", val: 0.9 }]);

  test("a rejected candidate is not shown to later modules and stays out", async () => {
    const selection = { scorers: [module("a"), module("c")], selector: module("b") };
    const says = { a: partly, c: scores(1, 0), b: choices(0) };
    const { decision, calls, order } = await decideScripted({ selection, says });
    for (const { request } of calls.slice(1)) {
      expect(request.candidates.map(({ network }) => network)).toEqual(["green", "red"]);
    }
    expect(order).toEqual(["green"]);
    expect(decision.rejected).toEqual([{ network: "blue", by: digestOf("a"), reason: "full" }]);
  });

  test("a selector can't take it: its index is out of range", async () => {
    const { decision, order } = await decideScripted({ selection: both, says: { a: partly, b: choices(2) } });
    expect(decision).toMatchObject({ decidedBy: "fallback", modules: [{}, { outcome: "badAnswer" }] });
    expect(order).toEqual(["green", "red"]);
  });

  test("it also counts when the fallback decides, even if it is the default", async () => {
    const selection = { scorers: [module("a"), module("c")], fallback: "default" };
    const trap: ModuleResult<unknown> = { outcome: "trap", detail: "unreachable" };
    const { decision, order } = await decideScripted({
      selection,
      says: { a: partly, c: trap },
      defaultNetwork: "blue",
    });
    expect(order).toEqual(["green", "red"]);
    expect(decision).toMatchObject({ decidedBy: "fallback", rejected: [{ network: "blue" }] });
  });

  test("when all are rejected nobody else is asked, and no fallback helps", async () => {
    const says = { a: ok([reject("x"), reject("y"), reject("z")]), b: choices(0) };
    const { decision, calls } = await decideScripted({ selection: both, says, mayFail: false });
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
    const { decision } = await decideScripted({ selection, says });
    expect(decision.refusal).toBe("everyCandidateRejected");
    expect(decision.rejected.map(({ by }) => by)).toEqual([digestOf("a"), digestOf("c"), digestOf("c")]);
  });
});
