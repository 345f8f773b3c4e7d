import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { makeCandidate, makeRequest } from "../../test/fakes/request.ts";
import { checkChoices, checkVerdicts, cleanReason } from "./answer.ts";
import type { SelectionRequest } from "./request.ts";

function requestFor(candidates: number, count = 1): SelectionRequest {
  return makeRequest({ candidates: Array.from({ length: candidates }, () => makeCandidate("blue")), count });
}

const score = (val: unknown) => ({ tag: "score", val });

describe("verdicts", () => {
  test.each<[unknown[]]>([[[score(0)]], [[score(1)]], [[score(0.5), { tag: "reject", val: "no" }]]])(
    "%j are within the contract",
    (answer) =>
      expect(checkVerdicts(answer, requestFor(answer.length))).toEqual({ outcome: "ok", value: answer }),
  );

  test.each<[string, unknown]>([
    ["fewer than candidates", [score(1)]],
    ["more than candidates", [score(1), score(1), score(1)]],
    ["none", []],
    ["NaN", [score(Number.NaN), score(1)]],
    ["infinite", [score(Infinity), score(1)]],
    ["above 1", [score(1.0000001), score(1)]],
    ["below 0", [score(-1e-9), score(1)]],
    ["a text", [score("1"), score(1)]],
    ["a bigint", [score(1n), score(1)]],
    ["no score", [score(undefined), score(1)]],
    ["another tag", [{ tag: "maybe", val: 1 }, score(1)]],
    ["a tag of every object", [{ tag: "constructor", val: 1 }, score(1)]],
    ["a rejection without words", [{ tag: "reject" }, score(1)]],
    ["null", null],
    ["undefined", undefined],
    ["no list", { 0: score(1), 1: score(1), length: 2 }],
    ["a list with holes", [score(1), null]],
  ])("%s: out of contract", (_, answer) => {
    expect(checkVerdicts(answer, requestFor(2))).toEqual({
      outcome: "badAnswer",
      detail: expect.stringMatching(/^.{1,200}$/),
    });
  });

  test("the reason of a rejection is cleaned", () => {
    const answer = [{ tag: "reject", val: "\u001b[31mred\n" }];
    expect(checkVerdicts(answer, requestFor(1))).toMatchObject({ value: [{ val: "?[31mred?" }] });
  });
});

const choice = (candidate: unknown, reason: unknown = "") => ({ candidate, reason });

describe("choices", () => {
  test.each<[number, number, number[]]>([
    [3, 1, [2]],
    [3, 2, [1, 0]],
    [3, 1, [2, 0, 1]],
    [2, 5, [1, 0]],
    [0, 1, []],
  ])("of %i candidates, where %i are wanted, %j are within the contract", (candidates, count, indexes) => {
    const answer = indexes.map((index) => choice(index));
    expect(checkChoices(answer, requestFor(candidates, count))).toEqual({ outcome: "ok", value: answer });
  });

  test.each<[string, unknown]>([
    ["fewer than wanted", [choice(0)]],
    ["none", []],
    ["twice the same", [choice(0), choice(0)]],
    ["twice the same, later", [choice(0), choice(1), choice(0)]],
    ["out of range", [choice(0), choice(3)]],
    ["out of every range", [choice(0), choice(2 ** 32)]],
    ["negative", [choice(-1), choice(0)]],
    ["a fraction", [choice(0.5), choice(0)]],
    ["NaN", [choice(Number.NaN), choice(0)]],
    ["a text", [choice("1"), choice(0)]],
    ["a key of every list", [choice("length"), choice("constructor")]],
    ["without reason", [{ candidate: 0 }, { candidate: 1 }]],
    ["a reason that is no text", [choice(0, { toString: "x" }), choice(1)]],
    ["null", null],
    ["undefined", undefined],
  ])("%s: out of contract", (_, answer) => {
    expect(checkChoices(answer, requestFor(3, 2))).toEqual({
      outcome: "badAnswer",
      detail: expect.stringMatching(/^.{1,200}$/),
    });
  });
});

const number = fc.oneof(fc.integer({ min: -2, max: 6 }), fc.double(), fc.maxSafeInteger());
const lie = fc.oneof(number, fc.string(), fc.constant(null), fc.constant(undefined));

test("no list of verdicts that passes is outside of the contract", () => {
  const verdict = fc.oneof(
    { weight: 6, arbitrary: fc.record({ tag: fc.constant("score"), val: fc.double({ min: 0, max: 1 }) }) },
    { weight: 1, arbitrary: fc.record({ tag: fc.constantFrom("score", "reject", "x"), val: lie }) },
  );
  fc.assert(
    fc.property(fc.array(verdict, { maxLength: 4 }), fc.nat(4), (answer, candidates) => {
      const checked = checkVerdicts(answer, requestFor(candidates));
      if (checked.outcome !== "ok") return;
      expect(checked.value.length).toBe(candidates);
      for (const one of checked.value) {
        expect(one.tag === "reject" ? isClean(one.val) : one.val >= 0 && one.val <= 1).toBe(true);
      }
    }),
  );
});

test("no list of choices that passes is outside of the contract", () => {
  const one = fc.record({
    candidate: fc.oneof({ weight: 4, arbitrary: fc.nat(4) }, lie),
    reason: fc.string(),
  });
  fc.assert(
    fc.property(fc.array(one, { maxLength: 5 }), fc.nat(4), fc.nat(6), (answer, candidates, count) => {
      const checked = checkChoices(answer, requestFor(candidates, count));
      if (checked.outcome !== "ok") return;
      const indexes = checked.value.map(({ candidate }) => candidate);
      expect(indexes.length).toBeGreaterThanOrEqual(Math.min(count, candidates));
      expect(new Set(indexes).size).toBe(indexes.length);
      expect(indexes.every((index) => Number.isInteger(index) && index >= 0 && index < candidates)).toBe(
        true,
      );
      expect(checked.value.every(({ reason }) => isClean(reason))).toBe(true);
    }),
  );
});

/** 128 printable bytes are what the contract keeps of a reason. */
function isClean(text: string): boolean {
  return /^[\p{L}\p{N}\p{P}\p{S} ]*$/u.test(text) && text.isWellFormed() && Buffer.byteLength(text) <= 128;
}

describe("a reason", () => {
  test.each([
    ["occupancy 8 %", "occupancy 8 %"],
    ["größer, 好, 😀", "größer, 好, 😀"],
    ["a\r\nb\tc\0", "a??b?c?"],
    ["\u001b]0;x\u0007", "?]0;x?"],
    ["\u202egnp.exe", "?gnp.exe"],
    ["lone \ud83d half", "lone ? half"],
    ["x".repeat(1_000_000), "x".repeat(128)],
    ["😀".repeat(40), "😀".repeat(32)],
    [`x${"😀".repeat(40)}`, `x${"😀".repeat(31)}`],
    [`${"x".repeat(127)}😀`, "x".repeat(127)],
  ])("is kept as case %# says", (said, kept) => expect(cleanReason(said)).toBe(kept));

  test("is always printable and bounded, and cleaning it again changes nothing", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.nat(0xffff).map((code) => String.fromCharCode(code)) }), (said) => {
        const kept = cleanReason(said);
        expect(isClean(kept)).toBe(true);
        expect(cleanReason(kept)).toBe(kept);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: "binary", size: "max", maxLength: 300 }), (said) => {
        expect(isClean(cleanReason(said))).toBe(true);
      }),
    );
  });
});
