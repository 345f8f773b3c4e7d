import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { Failure } from "../../core/errors.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { ok, runCheck } from "./check.ts";

const run = (look: () => Promise<never>) => runCheck({ name: "disk", look }, 50);

test("what a look finds is what is told", async () => {
  const look = async () => [ok("disk", "has room")];
  expect(await runCheck({ name: "disk", look })).toEqual([
    { check: "disk", state: "ok", detail: "has room", todo: "" },
  ]);
});

test("a look that never ends is a problem", async () => {
  const [found] = await run(() => new Promise(() => undefined));
  expect(found).toMatchObject({ check: "disk", state: "problem", detail: "no answer within 50 ms" });
});

test.each([
  ["a failure", async () => Promise.reject(new Failure("ioFailure", "no")), "no"],
  [
    "a failure of the store",
    async () => Promise.reject(new RegistryFailure("damagedStore", "torn", { todo: "pull" })),
    "torn",
  ],
  ["the disk's error", () => readFile("/nowhere/at/all"), "ENOENT"],
])("%s is a problem with something to do", async (_, look, detail) => {
  const [found] = await runCheck({ name: "disk", look: async () => Promise.reject(await failureOf(look)) });
  expect(found).toMatchObject({ state: "problem", detail: expect.stringContaining(detail) });
  expect(found?.todo).not.toBe("");
});

async function failureOf(look: () => Promise<unknown>): Promise<unknown> {
  return await look().then(
    () => undefined,
    (error: unknown) => error,
  );
}

test("a bug is no finding", async () => {
  await expect(run(async () => Promise.reject(new TypeError("bug")))).rejects.toThrow("bug");
});
