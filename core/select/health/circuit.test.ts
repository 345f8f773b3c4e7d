import { assert, constantFrom, integer, nat, oneof, property, record, array } from "fast-check";
import { describe, expect, test } from "vitest";
import { type Call, findOpening, listOpen, noteCall, startTrial } from "./circuit.ts";
import type { Circuits } from "./book.ts";
import { OUTCOMES, type Outcome } from "../outcome.ts";

const limits = { failures: 3, openMs: 1_000, namespaces: 3, canaryFailurePercent: 10 };
const none: Circuits = { namespaces: [] };
const at = (nowMs: number, more: Partial<Call> = {}): Call => ({
  namespace: "shop",
  nowMs,
  isTrial: false,
  limits,
  ...more,
});
const trap = { outcome: "trap", detail: "why" } as const;
const fine = { outcome: "ok", detail: "" } as const;

/** The circuits after some calls, one a millisecond. */
function after(outcomes: readonly Outcome[], from: Circuits = none, more: Partial<Call> = {}): Circuits {
  return outcomes.reduce(
    (circuits, outcome, ms) => noteCall(circuits, { outcome, detail: "why" }, at(ms, more)).circuits,
    from,
  );
}

const thrice = ["trap", "timeout", "memory"] as const;

describe("a module's circuit for a namespace", () => {
  test("opens after so many failures in a row, and not before", () => {
    expect(findOpening(after(["trap", "trap"]), "shop", 5)).toBeUndefined();
    expect(findOpening(after(["trap", "trap", "ok", "trap", "trap"]), "shop", 5)).toBeUndefined();
    expect(findOpening(after(thrice), "shop", 5)).toMatchObject({
      where: "namespace shop",
      circuit: { outcome: "memory", detail: "why", sinceMs: 2, untilMs: 1_002 },
    });
  });

  test("says once that it has opened", () => {
    const two = after(["trap", "trap"]);
    const { circuits, opened } = noteCall(two, trap, at(2));
    expect(opened).toEqual(["namespace shop"]);
    expect(noteCall(circuits, trap, at(3)).opened).toEqual([]);
  });

  test("is nobody else's", () => {
    const circuits = after(thrice);
    expect(findOpening(circuits, "mail", 5)).toBeUndefined();
    expect(findOpening(circuits, "", 5)).toBeUndefined();
    expect(findOpening(after(thrice, none, { namespace: "" }), "", 5)?.where).toBe(
      "pods without a namespace",
    );
  });

  test.each(["error", "notInStore", "wrongWorld"] as const)("%s opens none", (outcome) => {
    expect(after([outcome, outcome, outcome, outcome])).toEqual(none);
  });

  test("an error is an answer, so the row of failures is over", () => {
    expect(findOpening(after(["trap", "trap", "error", "trap"]), "shop", 5)).toBeUndefined();
  });

  test("a call that was under way when it opened doesn't keep it open", () => {
    const circuits = after([...thrice, "trap"]);
    expect(findOpening(circuits, "shop", 1_001)).toBeDefined();
    expect(findOpening(circuits, "shop", 1_002)).toBeUndefined();
  });

  test("lets one call through when its time is over, and nobody else until that is done", () => {
    const open = after(thrice);
    expect(startTrial(open, "shop", 1_001)).toBeUndefined();
    const tried = startTrial(open, "shop", 1_002);
    if (tried === undefined) throw new Error("nobody is let through");
    expect(startTrial(tried, "shop", 1_003)).toBeUndefined();
    expect(findOpening(tried, "shop", 1_003)).toBeDefined();
    expect(findOpening(tried, "shop", 2_002)).toBeUndefined(); // who was let through has crashed
    expect(noteCall(tried, fine, at(1_004, { isTrial: true })).circuits).toEqual(none);
  });

  test("stays open for twice as long with each trial that fails, up to a bound", () => {
    let circuits = after(thrice);
    const spans: number[] = [];
    for (let trial = 0, nowMs = 2_000; trial < 8; trial++) {
      circuits = startTrial(circuits, "shop", nowMs) ?? none;
      circuits = noteCall(circuits, trap, at(nowMs, { isTrial: true })).circuits;
      const { untilMs = 0 } = circuits.namespaces[0]?.circuit ?? {};
      spans.push(untilMs - nowMs);
      nowMs = untilMs;
    }
    expect(spans).toEqual([2_000, 4_000, 8_000, 16_000, 32_000, 64_000, 64_000, 64_000]);
  });

  test("outlives any number of namespaces in which a call failed since", () => {
    const circuits = Array.from({ length: 100 }, (_, made) => made).reduce(
      (sofar, made) => noteCall(sofar, trap, at(3 + made, { namespace: `made-${made}` })).circuits,
      after(thrice),
    );
    expect(circuits.namespaces).toHaveLength(32);
    expect(findOpening(circuits, "shop", 200)).toMatchObject({ where: "namespace shop" });
  });

  test("is kept under a name of bounded length, and found by the whole one", () => {
    const namespace = "x".repeat(10_000);
    const circuits = after(thrice, none, { namespace });
    expect(JSON.stringify(circuits).length).toBeLessThan(1_000);
    expect(findOpening(circuits, namespace, 5)).toBeDefined();
    expect(after(["ok"], circuits, { namespace })).toEqual(none);
  });

  test("isn't kept open by a clock that was set back", () => {
    const open = after(thrice, none, {});
    expect(findOpening(open, "shop", -5_000)).toBeUndefined();
    expect(listOpen(open, -5_000)).toEqual([]);
  });
});

describe("the node's circuit", () => {
  const inThree = ["a", "b", "c"].reduce((sofar, namespace) => after(thrice, sofar, { namespace }), none);
  const inTwo = ["a", "b", "a"].reduce((sofar, namespace) => after(thrice, sofar, { namespace }), none);

  test("opens when three namespaces have theirs open, and is everybody's", () => {
    expect(findOpening(inTwo, "mail", 5)).toBeUndefined();
    expect(findOpening(inThree, "mail", 5)).toMatchObject({ where: "the node" });
    expect(listOpen(inThree, 5)[0]).toBe("the node");
    expect(listOpen(inTwo, 5)).toHaveLength(2);
    const third = noteCall(
      after(["trap", "trap"], inTwo, { namespace: "c" }),
      trap,
      at(2, { namespace: "c" }),
    );
    expect(third.opened).toEqual(["namespace c", "the node"]);
  });

  test("doesn't count those that are over", () => {
    const late = [0, 1, 2].reduce(
      (sofar, ms) => noteCall(sofar, trap, at(1_500 + ms, { namespace: "c" })).circuits,
      inTwo,
    );
    expect(findOpening(late, "c", 1_600)).toMatchObject({ where: "namespace c" });
    expect(findOpening(late, "mail", 1_600)).toBeUndefined();
  });

  const failIn = (circuits: Circuits, namespace: string, nowMs: number) => {
    const tried = startTrial(circuits, namespace, nowMs);
    return noteCall(tried ?? circuits, trap, at(nowMs, { namespace, isTrial: tried !== undefined }));
  };

  test("is closed by whoever is answered once its time is over", () => {
    expect(startTrial(inThree, "mail", 1_001)).toBeUndefined();
    const answered = noteCall(inThree, fine, at(1_100, { namespace: "mail" }));
    expect(findOpening(answered.circuits, "news", 1_101)).toBeUndefined();
    expect(answered.circuits).not.toHaveProperty("node");
    const underWay = noteCall(inThree, fine, at(10, { namespace: "mail" }));
    expect(findOpening(underWay.circuits, "news", 11)).toMatchObject({ where: "the node" });
  });

  test("is kept open by no namespace alone, whether or not its own was open, and though it answers nothing", () => {
    for (const hostile of ["a", "new"]) {
      const claimed = startTrial(inThree, hostile, 1_100) ?? inThree;
      expect(findOpening(claimed, "news", 1_101)).toBeUndefined();
      const failed = [1_100, 1_101, 1_102].reduce(
        (sofar, nowMs) => failIn(sofar, hostile, nowMs).circuits,
        inThree,
      );
      expect(findOpening(failed, hostile, 1_103)).toMatchObject({ where: `namespace ${hostile}` });
      expect(findOpening(failed, "news", 1_103)).toBeUndefined();
    }
  });

  test("opens for twice as long when it fails for three namespaces again, once for each", () => {
    const two = ["a", "mail"].reduce((sofar, name) => failIn(sofar, name, 1_100).circuits, inThree);
    const { circuits, opened } = failIn(two, "news", 1_100);
    expect(opened).toEqual(["namespace news", "the node"]);
    expect(findOpening(circuits, "innocent", 3_099)).toMatchObject({ where: "the node" });
    expect(findOpening(circuits, "innocent", 3_100)).toBeUndefined();
  });
});

describe("whatever happens", () => {
  const step = record({
    namespace: oneof(constantFrom("", "a", "b", "c"), nat(200).map(String)),
    outcome: constantFrom(...OUTCOMES),
    waitMs: oneof(nat(5), nat(3_000), integer({ min: -2_000, max: 0 })),
  });
  const history = array(step, { maxLength: 300, size: "max" });

  function play(steps: readonly { namespace: string; outcome: Outcome; waitMs: number }[]) {
    let nowMs = 10_000;
    let latestMs = nowMs;
    let circuits = none;
    for (const { namespace, outcome, waitMs } of steps) {
      nowMs += waitMs;
      latestMs = Math.max(latestMs, nowMs);
      if (findOpening(circuits, namespace, nowMs) !== undefined) continue;
      const tried = startTrial(circuits, namespace, nowMs);
      const noted = noteCall(
        tried ?? circuits,
        { outcome, detail: "x".repeat(500) },
        {
          ...at(nowMs, { namespace }),
          isTrial: tried !== undefined,
        },
      );
      circuits = noted.circuits;
    }
    return { circuits, nowMs, latestMs };
  }

  test("the book is bounded", () => {
    assert(
      property(history, (steps) => {
        const { circuits } = play(steps);
        expect(circuits.namespaces.length).toBeLessThanOrEqual(32);
        expect(JSON.stringify(circuits).length).toBeLessThan(32 * 400 + 400);
      }),
    );
  });

  test("a namespace that never saw a failure is asked, unless three others have theirs open", () => {
    assert(
      property(history, (steps) => {
        const { circuits, nowMs } = play(steps);
        const opening = findOpening(circuits, "innocent", nowMs);
        if (opening !== undefined) expect(opening.where).toBe("the node");
      }),
    );
  });

  test("everybody is asked again in the end", () => {
    assert(
      property(history, (steps) => {
        const { circuits, latestMs } = play(steps);
        for (const name of ["", "a", "b", "innocent"]) {
          expect(findOpening(circuits, name, latestMs + 64_000)).toBeUndefined();
        }
      }),
    );
  });

  test("with successes alone nothing is remembered", () => {
    assert(
      property(history, (steps) => {
        const { circuits } = play(steps.map((one) => ({ ...one, outcome: "ok" as const })));
        expect(circuits).toEqual(none);
      }),
    );
  });
});
