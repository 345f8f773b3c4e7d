import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { DecisionEntry } from "../core/ports.ts";
import { recordDecision } from "./decision-log.ts";

let stateDir: string;
let warnings: unknown[];
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-decisions-")), "state");
  warnings = [];
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

const entry: DecisionEntry = {
  containerId: "c1",
  pod: { namespace: "shop", name: "web", uid: "u1" },
  decision: {
    ranking: [],
    rejected: [{ network: "red", by: "sha256:a", reason: "full\n{" }],
    modules: [{ digest: "sha256:a", kind: "scorer", mode: "enforce", outcome: "ok", detail: "", ms: 0.2 }],
    decidedBy: "scores",
    ms: 0.6,
    inputs: "sha256:b",
    refusal: "everyCandidateRejected",
  },
};
const record = () => recordDecision(entry, stateDir, { warn: (fields) => void warnings.push(fields) });
const file = () => path.join(stateDir, "decisions.jsonl");

test("one object a line, with the fields of the contract", async () => {
  await record();
  await record();
  const lines = (await readFile(file(), "utf8")).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe("");
  const { pod, containerId, decision } = entry;
  const { refusal: _, ...said } = decision;
  const [first, second] = lines.slice(0, 2).map((line): Record<string, unknown> => JSON.parse(line));
  expect(first).toEqual({ id: expect.any(String), time: expect.any(String), containerId, pod, ...said });
  expect(first?.["id"]).not.toBe(second?.["id"]);
  expect(new Date(String(first?.["time"])).toISOString()).toBe(first?.["time"]);
  expect((await stat(file())).mode & 0o777).toBe(0o600);
  expect(warnings).toEqual([]);
});

test("many at a time each get their line", async () => {
  await Promise.all(Array.from({ length: 50 }, record));
  const lines = (await readFile(file(), "utf8")).trimEnd().split("\n");
  expect(new Set(lines.map((line) => (JSON.parse(line) as { id: string }).id)).size).toBe(50);
});

test("is rotated, and keeps one predecessor", async () => {
  for (const _ of ["first", "second"]) {
    await record();
    await truncate(file(), 8 * 1024 * 1024 + 1);
    await record();
    expect((await stat(`${file()}.1`)).size).toBe(8 * 1024 * 1024 + 1);
    expect((await stat(file())).size).toBeLessThan(2_000);
  }
  expect((await readdir(stateDir)).toSorted()).toEqual(["decisions.jsonl", "decisions.jsonl.1"]);
});

test("a disk that says no is warned about, and stops nothing", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  await record();
  expect(warnings).toMatchObject([{ file: file() }]);
});
