import {
  appendFile,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeDecision, makeRun } from "../test/fakes/decision.ts";
import type { DecisionEntry } from "../core/ports.ts";
import { readDecided, recordDecision } from "./decision-log.ts";

let stateDir: string;
let warnings: unknown[];
beforeEach(async () => {
  stateDir = path.join(await mkdtemp(path.join(tmpdir(), "genie-decisions-")), "state");
  warnings = [];
});
afterEach(() => rm(path.dirname(stateDir), { recursive: true }));

const entry: DecisionEntry = {
  containerId: "c1",
  interfaces: ["eth0"],
  pod: { namespace: "shop", name: "web", uid: "u1" },
  decision: makeDecision({
    rejected: [{ network: "red", by: "sha256:a", reason: "full\n{" }],
    modules: [makeRun({ ms: 0.2 })],
    refusal: "everyCandidateRejected",
  }),
};
const log = { warn: (fields: unknown) => void warnings.push(fields) };
const record = () => recordDecision(entry, stateDir, log);
const file = () => path.join(stateDir, "decisions.jsonl");

test("one object a line, with the fields of the contract", async () => {
  await record();
  await record();
  const lines = (await readFile(file(), "utf8")).split("\n");
  expect(lines).toHaveLength(3);
  expect(lines[2]).toBe("");
  const { pod, containerId, interfaces, decision } = entry;
  const { refusal: _, question, ...said } = decision;
  const { request, selection, mayFail } = question;
  const [first, second] = lines.slice(0, 2).map((line): Record<string, unknown> => JSON.parse(line));
  const asked = { ...request, seed: "1", selection, mayFail };
  const inputs = expect.stringMatching(/^sha256:[0-9a-f]{64}$/);
  const occasion = { id: expect.any(String), time: expect.any(String), containerId, pod, interfaces, inputs };
  expect(first).toEqual({ ...occasion, ...said, question: asked });
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

test("a line that was left half is none of the next decision's", async () => {
  await record();
  await appendFile(file(), '{"id":"half');
  await record();
  await record();
  const [first, half, ...others] = (await readFile(file(), "utf8")).trimEnd().split("\n");
  expect(half).toBe('{"id":"half');
  const ids = [first, ...others].map((line) => (JSON.parse(line ?? "") as { id: string }).id);
  expect(new Set(ids).size).toBe(3);
});

test("a pipe in its place keeps no pod waiting", async () => {
  await mkdir(stateDir);
  await execa("mkfifo", [file()]);
  await record();
  expect((await stat(file())).isFIFO()).toBe(true);
});

test("many that rotate it at the same time lose nothing of it", async () => {
  await record();
  await truncate(file(), 8 * 1024 * 1024 + 1);
  await Promise.all(Array.from({ length: 50 }, record));
  expect((await stat(`${file()}.1`)).size).toBeGreaterThan(8 * 1024 * 1024);
  const texts = await Promise.all([`${file()}.1`, file()].map((one) => readFile(one, "utf8")));
  const lines = texts.flatMap((text) => text.split("\n")).filter((line) => line.startsWith("{"));
  expect(
    new Set(lines.map((line) => (JSON.parse(line.replaceAll("\0", "")) as { id: string }).id)).size,
  ).toBe(51);
  expect((await readdir(stateDir)).toSorted()).toEqual(["decisions.jsonl", "decisions.jsonl.1"]);
});

test("is rotated, and keeps one predecessor", async () => {
  for (const _ of ["first", "second"]) {
    await record();
    await truncate(file(), 8 * 1024 * 1024 + 1);
    await record();
    expect((await stat(`${file()}.1`)).size).toBe(8 * 1024 * 1024 + 1);
    expect((await stat(file())).size).toBeLessThan(3_000);
  }
  expect((await readdir(stateDir)).toSorted()).toEqual(["decisions.jsonl", "decisions.jsonl.1"]);
});

test("a disk that says no is warned about, and stops nothing", async () => {
  await writeFile(stateDir, "a file where the folder should be");
  await record();
  expect(warnings).toMatchObject([{ file: file() }]);
});

describe("the networks of the latest decision", () => {
  const hints = (...networks: string[]) => networks.map((network) => ({ network, ifName: "eth0" }));
  const decide = (containerId: string, ...networks: string[]) => {
    const ranking = networks.map((network) => ({ network, reason: "first" }));
    return recordDecision({ ...entry, containerId, decision: { ...entry.decision, ranking } }, stateDir, log);
  };

  test("for this container are told, best first", async () => {
    await decide("c1", "old");
    await decide("c1", "blue", "green");
    await decide("c2", "red");
    expect(await readDecided("c1", stateDir)).toEqual(hints("blue", "green"));
  });

  test("are told of each interface", async () => {
    await decide("c1", "blue");
    const ranking = [{ network: "green", reason: "" }];
    const decision = { ...entry.decision, ranking };
    await recordDecision({ ...entry, interfaces: ["net1", "net2"], decision }, stateDir, log);
    expect(await readDecided("c1", stateDir)).toEqual([
      { network: "blue", ifName: "eth0" },
      { network: "green", ifName: "net1" },
      { network: "green", ifName: "net2" },
    ]);
  });

  test("are none where nothing was attached, or nothing is known", async () => {
    expect(await readDecided("c1", stateDir)).toEqual([]);
    await decide("c1", "blue");
    await record();
    expect(await readDecided("c1", stateDir)).toEqual([]);
    expect(await readDecided("c", stateDir)).toEqual([]);
  });

  test("are found behind and before lines that are none", async () => {
    await mkdir(stateDir);
    await appendFile(file(), `\n{"containerId":"c1"}\nhello\n[]\nnull\n`);
    await decide("c1", "blue");
    const odd = [7, null, {}, { network: 7 }, { network: "red" }];
    await appendFile(
      file(),
      `{"containerId":"c2","interfaces":["eth0",7],"ranking":${JSON.stringify(odd)}}\n{"containerId":"c1","rank`,
    );
    expect(await readDecided("c1", stateDir)).toEqual(hints("blue"));
    expect(await readDecided("c2", stateDir)).toEqual(hints("red"));
  });

  test("are looked for in the end of the log only", async () => {
    await decide("c1", "blue");
    await appendFile(file(), `${" ".repeat(8 * 1024 * 1024)}\n`);
    await decide("c2", "red");
    expect(await readDecided("c1", stateDir)).toEqual([]);
    expect(await readDecided("c2", stateDir)).toEqual(hints("red"));
  });

  test("a log that can't be read is named", async () => {
    await mkdir(file(), { recursive: true });
    await expect(readDecided("c1", stateDir)).rejects.toMatchObject({
      kind: "ioFailure",
      message: "the decision log can't be read: EISDIR",
    });
  });
});
