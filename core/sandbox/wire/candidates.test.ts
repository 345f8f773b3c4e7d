import fc from "fast-check";
import { expect, test } from "vitest";
import { makeCandidate } from "../../../test/fakes/request.ts";
import { decodeCandidates, encodeCandidates, findStanding } from "./candidates.ts";

const text = fc.string({ unit: fc.oneof(fc.constantFrom("a", "é", "🙂"), fc.string({ unit: "binary" })) });
const candidates = fc.array(
  fc.record({
    network: text,
    plugin: text,
    attributes: fc.array(fc.record({ key: text, value: text }), { maxLength: 3 }),
    kpis: fc.array(fc.record({ name: text, value: fc.double(), ageMs: fc.nat(2 ** 32 - 1) }), {
      maxLength: 3,
    }),
    current: fc.boolean(),
  }),
);

const odd = [Number.NaN, -0, Infinity].map((value) => ({ name: "odd", value, ageMs: 0 }));

test("candidates come back as they were, NaN and the sign of 0 included", () => {
  expect(decodeCandidates(encodeCandidates([makeCandidate("a", { kpis: odd })]))[0]?.kpis).toEqual(odd);
  fc.assert(
    fc.property(candidates, (list) => {
      expect(decodeCandidates(encodeCandidates(list))).toEqual(list);
    }),
  );
});

test("those that still stand are found among those that are held, in their order and nowhere else", () => {
  const held = ["a", "b", "c", "d"].map((network) => makeCandidate(network));
  const [a, b, , d] = held;
  const of = (...list: (typeof a)[]) => list.flatMap((one) => one ?? []);
  expect(findStanding(held, held)).toEqual([0, 1, 2, 3]);
  expect(findStanding(of(b, d), held)).toEqual([1, 3]);
  expect(findStanding([], held)).toEqual([]);
  expect(findStanding(of(d, b), held)).toBeUndefined();
  expect(findStanding(of(a, a), held)).toBeUndefined();
  expect(findStanding([makeCandidate("a")], held), "equal, but another").toBeUndefined();
  expect(findStanding(held, of(a, b))).toBeUndefined();
});
