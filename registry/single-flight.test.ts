import { expect, test } from "vitest";
import { SingleFlight } from "./single-flight.ts";

test("who comes while it's being done gets the same; who comes later begins anew", async () => {
  const flights = new SingleFlight<number>();
  const gates = [Promise.withResolvers<number>(), Promise.withResolvers<number>()];
  let begun = 0;
  const act = () => gates[begun++]?.promise ?? Promise.reject(new Error("begun too often"));
  const together = [1, 2, 3].map(() => flights.run("a", act));
  const other = flights.run("b", async () => 7);
  gates[0]?.resolve(1);
  expect(await Promise.all(together)).toEqual([1, 1, 1]);
  expect(await other).toBe(7);
  gates[1]?.resolve(2);
  expect(await flights.run("a", act)).toBe(2);
});

test("a failure is everybody's, and not remembered", async () => {
  const flights = new SingleFlight<number>();
  const failing = () => Promise.reject(new Error("no"));
  const together = await Promise.allSettled([flights.run("a", failing), flights.run("a", failing)]);
  expect(together.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(await flights.run("a", async () => 1)).toBe(1);
});
