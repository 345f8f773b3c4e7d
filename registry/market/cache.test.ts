import { expect, test } from "vitest";
import { Cache } from "./cache.ts";

test("what many ask for at the same time is made once", async () => {
  const cache = new Cache<string, number>(2);
  let made = 0;
  const make = () => Promise.resolve(++made);
  expect(await Promise.all([1, 2, 3].map(() => cache.get("a", make)))).toEqual([1, 1, 1]);
});

test("what failed is tried again", async () => {
  const cache = new Cache<string, number>(2);
  await expect(cache.get("a", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
  expect(await cache.get("a", () => Promise.resolve(1))).toBe(1);
});

test("of more than it holds, what was asked for longest ago goes", async () => {
  const cache = new Cache<string, string>(2);
  const made: string[] = [];
  const ask = (key: string) =>
    cache.get(key, () => {
      made.push(key);
      return Promise.resolve(key);
    });
  for (const key of ["a", "b", "a", "c", "a", "b"]) await ask(key);
  expect(made).toEqual(["a", "b", "c", "b"]);
});
