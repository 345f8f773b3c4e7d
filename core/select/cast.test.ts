import { expect, test } from "vitest";
import { digestOf } from "../../test/fakes/scripted-decision.ts";
import { isInCanary } from "./cast.ts";

test("a canary takes about its share of the pods, always the same ones, and more of them when it grows", () => {
  const seeds = Array.from({ length: 4_000 }, (_, at) => BigInt(at) * 0x9e37_79b9_7f4a_7c15n);
  const inside = (percent: number) => seeds.filter((seed) => isInCanary(seed, digestOf("a"), percent));
  expect(inside(0)).toEqual([]);
  expect(inside(100)).toEqual(seeds);
  const [some, more] = [inside(10), inside(20)];
  expect(some.length).toBeGreaterThan(300);
  expect(some.length).toBeLessThan(500);
  expect(more).toEqual(expect.arrayContaining(some));
  expect(seeds.filter((seed) => isInCanary(seed, digestOf("b"), 10))).not.toEqual(some);
});
