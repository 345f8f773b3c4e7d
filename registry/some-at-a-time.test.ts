import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { forEach, settleEach } from "./some-at-a-time.ts";

test("four at once, each once, in their order; a failure is one among them", async () => {
  let [running, most] = [0, 0];
  const results = await settleEach([...Array(11).keys()], async (item) => {
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
  expect(await settleEach([], async () => 1)).toEqual([]);
});

test("eight at once, each once, and none after a failure", async () => {
  let [running, most] = [0, 0];
  const begun: number[] = [];
  const act = async (item: number): Promise<void> => {
    begun.push(item);
    most = Math.max(most, ++running);
    await turn();
    running--;
    if (item === 9) throw new Error("nine");
  };
  await forEach([...Array(9).keys()], act);
  expect(most).toBe(8);
  expect(begun).toEqual([...Array(9).keys()]);
  await expect(forEach([...Array(99).keys()], act)).rejects.toThrow("nine");
  const begunBefore = begun.length;
  for (let turns = 0; turns < 20; turns++) await turn();
  expect(begun).toHaveLength(begunBefore);
});
