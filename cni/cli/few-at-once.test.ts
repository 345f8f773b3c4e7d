import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { settleFew } from "./few-at-once.ts";

test("four at once, each once, in their order; a failure is one among them", async () => {
  let [running, most] = [0, 0];
  const results = await settleFew([...Array(11).keys()], async (item) => {
    most = Math.max(most, ++running);
    for (let turns = 0; turns < 11 - item; turns++) await turn();
    running--;
    if (item === 5) throw new Error("five");
    return item * 10;
  });
  expect(most).toBe(4);
  expect(results.map((one) => (one.status === "fulfilled" ? one.value : String(one.reason)))).toEqual([
    0,
    10,
    20,
    30,
    40,
    "Error: five",
    60,
    70,
    80,
    90,
    100,
  ]);
});

test("nothing to do is done at once", async () => {
  expect(await settleFew([], async () => 1)).toEqual([]);
});
