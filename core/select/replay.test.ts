import { expect, test } from "vitest";
import { makeDecision, makeQuestion, makeRun, makeSelection } from "../../test/fakes/decision.ts";
import { makeOrdinaryCandidates, makeRequest } from "../../test/fakes/request.ts";
import { digestOf, module } from "../../test/fakes/scripted-decision.ts";
import type { ModuleRun } from "./decision.ts";
import { formatRecord } from "./record-line.ts";
import { type DecisionRecord, readRecord } from "./record.ts";
import { compareDecisions, planReplay } from "./replay.ts";

const who = { id: "1", time: "2026-01-01T00:00:00.000Z", containerId: "c1", interfaces: ["eth0"] };
const pod = { namespace: "shop", name: "web", uid: "u" };
const { settings: _, ...request } = makeRequest({ candidates: makeOrdinaryCandidates(3), count: 2 });
const other = { reference: `r/other@sha256:${"f".repeat(64)}`, kind: "scorer" } as const;

function record(selection: object, modules: readonly ModuleRun[] = []): DecisionRecord {
  const question = makeQuestion({ request, selection: makeSelection(selection) });
  const ranking = ["network-0", "network-1", "network-2"].map((network) => ({ network, reason: "" }));
  const read = readRecord(formatRecord({ ...who, pod }, makeDecision({ question, modules, ranking })));
  if (typeof read === "string") throw new Error(read);
  return read;
}

const scorers = (...names: string[]) => ({ scorers: names.map((name) => module(name)) });

test.each<[string, object, Partial<ModuleRun>]>([
  ["failedThen", scorers("a"), { outcome: "timeout" }],
  ["failedThen", scorers("a"), { outcome: "memory" }],
  ["failedThen", scorers("a"), { outcome: "trap", notAsked: "circuit" }],
  ["noModule", { selector: module("a") }, { kind: "selector" }],
  ["ambiguous", scorers("a", "b"), {}],
])("a record is left out: %s", (skip, selection, run) => {
  expect(planReplay(record(selection, [makeRun({ digest: digestOf("a"), ...run })]), other)).toBe(skip);
});

test("the module that is named is replaced, and no other", () => {
  const question = planReplay(record(scorers("a", "b")), { ...other, inPlaceOf: digestOf("b") });
  if (typeof question === "string") throw new Error(question);
  expect(question.selection.scorers.map((one) => one.module)).toEqual([module("a").module, other.reference]);
});

test("of the canaries those count that answered, and before who enforces", () => {
  const selection = { ...scorers("a"), selector: [module("b"), module("d", { mode: { canary: 50 } })] };
  const listSelectors = (modules: readonly ModuleRun[]) => {
    const question = planReplay(record(selection, modules), other);
    if (typeof question === "string") throw new Error(question);
    return question.selection.selector.map((one) => [one.module, one.mode]);
  };
  const canary = makeRun({ at: 2, kind: "selector", mode: "canary", digest: digestOf("d") });
  expect(listSelectors([])).toEqual([[module("b").module, "enforce"]]);
  expect(listSelectors([canary])).toEqual([[module("d").module, "enforce"]]);
  expect(listSelectors([{ ...canary, outcome: "trap" }])).toEqual([[module("b").module, "enforce"]]);
});

test("the networks that the pod got count, and their order; who came after them doesn't", () => {
  const compare = (...networks: string[]) => {
    const ranking = networks.map((network) => ({ network, reason: "so" }));
    return compareDecisions(record({}), makeDecision({ question: makeQuestion({ request }), ranking }));
  };
  expect(compare("network-0", "network-1")).toBeUndefined();
  const was = ["network-0", "network-1"];
  for (const wouldBe of [["network-0", "network-2"], ["network-1", "network-0"], ["network-0"], []]) {
    expect(compare(...wouldBe, ...(wouldBe.length === 2 ? ["more"] : []))).toMatchObject({ was, wouldBe });
  }
});

test("what fails for time or memory now is no difference", () => {
  const modules = [makeRun({ outcome: "timeout" })];
  expect(compareDecisions(record({}), makeDecision({ modules }))).toBe("failedNow");
});
