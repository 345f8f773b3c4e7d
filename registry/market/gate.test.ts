import { expect, test } from "vitest";
import { openGate } from "./gate.ts";

test("so many are inside at a time, so many wait, and the rest is sent away", async () => {
  const gate = openGate({ atOnce: 2, waiting: 3 });
  let inside = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++inside);
    await new Promise((resolve) => setTimeout(resolve, 5));
    inside--;
  };
  const results = await Promise.allSettled(Array.from({ length: 10 }, () => gate.enter(work)));
  expect(most).toBe(2);
  expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(5);
  expect(results.at(-1)).toMatchObject({ reason: { kind: "busy" } });
});

test("work that fails leaves its place to others", async () => {
  const gate = openGate({ atOnce: 1, waiting: 5 });
  const failing = gate.enter(() => Promise.reject(new Error("no")));
  const next = gate.enter(() => Promise.resolve("yes"));
  await expect(failing).rejects.toThrow("no");
  expect(await next).toBe("yes");
});
