import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ModuleSource } from "../core/sandbox/port.ts";
import { refuseUnverified } from "./trust.ts";

const source: ModuleSource = { load: async () => ({ outcome: "notInStore", detail: "asked" }) };

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-trust-"));
});
afterEach(() => rm(dir, { recursive: true }));

test("without a policy, the source is asked", async () => {
  const guarded = refuseUnverified(source, path.join(dir, "trust.json"));
  expect(await guarded.load("r.example/a@sha256:0", "scorer")).toMatchObject({ detail: "asked" });
});

test.each(["trust.json", "trust.json/deeper"])("with a policy at %s, no module is loaded", async (policy) => {
  await writeFile(path.join(dir, "trust.json"), "{}");
  const guarded = refuseUnverified(source, path.join(dir, policy));
  expect(await guarded.load("r.example/a@sha256:0", "scorer")).toMatchObject({
    outcome: "error",
    detail: expect.stringContaining(policy),
  });
});
