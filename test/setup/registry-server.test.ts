import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { startRegistry } from "./registry-server.ts";

test("answers while it runs, and is gone after disposal", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-registry-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
  const registry = await startRegistry({ dir });
  const url = `http://${registry.host}/v2/`;
  expect((await fetch(url)).status).toBe(200);
  await registry[Symbol.asyncDispose]();
  await expect(fetch(url)).rejects.toThrow("fetch failed");
});

test("two at a time do not meet", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-registry-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
  await using one = await startRegistry({ dir: path.join(dir, "one") });
  await using two = await startRegistry({ dir: path.join(dir, "two") });
  expect(one.host).not.toBe(two.host);
});
