import { expect, test } from "vitest";
import { makeDecision, makeQuestion, makeRun, makeSelection } from "../../test/fakes/decision.ts";
import { makeOrdinaryCandidates, makeRequest } from "../../test/fakes/request.ts";
import type { Question } from "./question.ts";
import { formatRecord, LINE_LIMIT_BYTES } from "./record-line.ts";
import { readRecord, toQuestion } from "./record.ts";

const occasion = {
  id: "1",
  time: "2026-01-01T00:00:00.000Z",
  containerId: "c1",
  interfaces: ["eth0", "net1"],
};
const who = { ...occasion, pod: { namespace: "shop", name: "web", uid: "u1" } };
const module = { module: `r/a@sha256:${"a".repeat(64)}` };

function makeAsked(candidates: number) {
  const { settings: _, ...request } = makeRequest({
    candidates: makeOrdinaryCandidates(candidates),
    seed: 2n ** 64n - 1n,
    count: 2,
    extensions: [{ key: "k", value: "v" }],
  });
  const scorers = [{ ...module, mode: { canary: 5 }, settings: { x: [1, null] }, weight: 3 }];
  const selection = makeSelection({ scorers, selector: [{ ...module, mode: "shadow" }] });
  return makeQuestion({ request, selection, defaultNetwork: "network-1", mayFail: false });
}

test("what is recorded is read back as the question that was asked", () => {
  const question = makeAsked(3);
  const run = makeRun({ answer: { "network-0": 0.1, "network-1": "full" }, notAsked: "late" });
  const shadow = { differs: true, ranking: ["network-2"] };
  const modules = [
    run,
    makeRun({ kind: "selector", answer: [["network-2", "why"]], mode: "shadow", shadow }),
  ];
  const read = readRecord(formatRecord(who, makeDecision({ question, modules })));
  if (typeof read === "string" || read.question === undefined) throw new Error(JSON.stringify(read));
  expect(read).toMatchObject({ ...who, modules, question: { seed: "18446744073709551615" } });
  expect(toQuestion(read.question)).toEqual(question);
});

test("whose pod it was is read back where it isn't one of Kubernetes", () => {
  const pod = { ...who.pod, orchestrator: "nomad" } as const;
  expect(readRecord(formatRecord({ ...who, pod }, makeDecision({ question: makeAsked(1) })))).toMatchObject({
    pod,
  });
});

test("one question has one digest, another has another", () => {
  const inputs = (asked: Question) => JSON.parse(formatRecord(who, makeDecision({ question: asked }))).inputs;
  const question = makeAsked(2);
  const { request, selection } = question;
  expect(inputs(question)).toMatch(/^sha256:[0-9a-f]{64}$/);
  expect(inputs(makeAsked(2))).toBe(inputs(question));
  const others = [
    makeAsked(3),
    { ...question, request: { ...request, seed: request.seed - 1n } },
    {
      ...question,
      selection: { ...selection, scorers: selection.scorers.map((one) => ({ ...one, weight: 9 })) },
    },
    { ...question, mayFail: !question.mayFail },
  ];
  for (const other of others) expect(inputs(other)).not.toBe(inputs(question));
});

test("a decision among 1000 networks is recorded whole", () => {
  const answer = Object.fromEntries(makeOrdinaryCandidates(1000).map(({ network }) => [network, 1 / 3]));
  const modules = [makeRun({ answer })];
  const line = formatRecord(who, makeDecision({ question: makeAsked(1000), modules }));
  expect(line.length).toBeLessThan(LINE_LIMIT_BYTES / 2);
  expect(readRecord(line)).toMatchObject({ question: { candidates: { length: 1000 } }, modules });
});

test("a line that would be too long loses the question and the answers, and says who got what", () => {
  const ranking = [{ network: "blue", reason: "" }];
  const modules = [makeRun({ answer: { blue: 1 }, shadow: { differs: false, ranking: ["blue"] } })];
  const line = formatRecord(who, makeDecision({ question: makeAsked(4000), ranking, modules }));
  expect(line.length).toBeLessThan(1_000);
  const read = readRecord(line);
  expect(read).toMatchObject({ ranking, modules: [{ outcome: "ok" }] });
  expect(read).not.toHaveProperty("question");
  expect(read).not.toHaveProperty("modules.0.answer");
});

const good = JSON.parse(formatRecord(who, makeDecision({ question: makeAsked(1) }))) as {
  question: Record<string, unknown>;
};
const asked = (more: object) => JSON.stringify({ ...good, question: { ...good.question, ...more } });

test.each([
  ["", "is no JSON object"],
  ['{"id":"1"', "is no JSON object"],
  ["[]", "is no JSON object"],
  [JSON.stringify({ ...good, ranking: "x" }), "is no decision record: ranking: "],
  [JSON.stringify({ ...good, modules: [{ outcome: "fine" }] }), "is no decision record: modules[0]"],
  [asked({ seed: 7 }), "is no decision record: question.seed: "],
  [asked({ seed: "-1" }), "is no decision record: question.seed: "],
  [asked({ count: 0 }), "is no decision record: question.count: "],
  [asked({ selection: { scorers: [{ module: "r/a:1" }] } }), "question.selection.scorers[0].module"],
])("%j is refused with what is wrong", (line, fault) => {
  expect(readRecord(line)).toEqual(expect.stringContaining(fault));
});

test("what another version of genie adds to a line doesn't matter", () => {
  expect(readRecord(JSON.stringify({ ...good, newer: 1 }))).toMatchObject(who);
});

test("a line that is nested so deep that nobody could read it is no record", () => {
  const deep = (levels: number) => ({
    settings: JSON.parse(`${'{"x":'.repeat(levels)}1${"}".repeat(levels)}`),
  });
  const nested = (levels: number) =>
    asked({ selection: { scorers: [{ module: `r/a@sha256:${"a".repeat(64)}`, ...deep(levels) }] } });
  expect(readRecord(nested(200))).toMatchObject({ question: { selection: { scorers: [{}] } } });
  expect(readRecord(nested(1_000))).toBe("is nested more than 256 levels deep");
  expect(readRecord(`{"x":${"[".repeat(500_000)}${"]".repeat(500_000)}}`)).toBe(
    "is nested more than 256 levels deep",
  );
});
