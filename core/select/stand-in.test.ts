import { describe, expect, test } from "vitest";
import { makeQuestion, makeSelection } from "../../test/fakes/decision.ts";
import { decideScripted, module, scores } from "../../test/fakes/scripted-decision.ts";
import { decideWithoutModules } from "./stand-in.ts";

const FIRST_FIT = [
  { network: "0", reason: "first-fit" },
  { network: "1", reason: "first-fit" },
];

function ask(...receivedMbps: (number | undefined)[]) {
  const question = makeQuestion();
  const candidates = receivedMbps.map((value, at) => ({
    network: String(at),
    plugin: "bridge",
    attributes: [],
    kpis: value === undefined ? [] : [{ name: "received-mbps", value, ageMs: 0 }],
    current: false,
  }));
  return { ...question, byTraffic: true, request: { ...question.request, candidates } };
}

test.each<[string, (number | undefined)[], string[]]>([
  [
    "what receives least comes first",
    [5, 0.12345, 3],
    ["1: received 0.123 Mbit/s", "2: received 3 Mbit/s", "0: received 5 Mbit/s"],
  ],
  [
    "what isn't measured comes last, in its order",
    [undefined, 9, undefined, 0],
    ["3: received 0 Mbit/s", "1: received 9 Mbit/s", "0: first-fit", "2: first-fit"],
  ],
  [
    "of the same, the configuration's first",
    [1, 1, 0],
    ["2: received 0 Mbit/s", "0: received 1 Mbit/s", "1: received 1 Mbit/s"],
  ],
])("%s", (_, received, expected) => {
  const { decidedBy, ranking } = decideWithoutModules(ask(...received));
  expect(decidedBy).toBe("traffic");
  expect(ranking.map(({ network, reason }) => `${network}: ${reason}`)).toEqual(expected);
});

test.each([
  ["nothing is measured", ask(undefined, undefined)],
  ["cAdvisor isn't asked, and the admin states it", { ...ask(700, 2), byTraffic: false }],
])("where %s, the fallback decides", (_, question) => {
  expect(decideWithoutModules(question)).toMatchObject({ decidedBy: "fallback", ranking: FIRST_FIT });
});

test("the default network comes first where it is the fallback, whatever is measured", () => {
  const asked = { ...ask(700, 2, 9), selection: makeSelection({ fallback: "default" }), defaultNetwork: "0" };
  expect(decideWithoutModules(asked)).toMatchObject({
    decidedBy: "fallback",
    ranking: [{ network: "0", reason: "default" }, { network: "1" }, { network: "2" }],
  });
});

describe("beside modules", () => {
  const receivedMbps = [9, 5, 1];
  const byTraffic = { decidedBy: "traffic", ranking: [{ network: "red" }, { network: "green" }, {}] };

  test.each<[string, object, object]>([
    ["a shadow", { scorers: [module("a", { mode: "shadow" })] }, { a: scores(1, 0, 0) }],
    ["a canary that doesn't take the pod", { selector: module("b", { mode: { canary: 0 } }) }, {}],
    ["a canary that fails", { scorers: [module("a", { mode: { canary: 100 } })] }, {}],
  ])("%s alone changes nothing", async (_, selection, says) => {
    const { decision } = await decideScripted({ selection, says: { ...says }, receivedMbps });
    expect(decision).toMatchObject(byTraffic);
  });

  test("when one that enforces fails, the fallback decides", async () => {
    const selection = { scorers: [module("a")] };
    const { decision, order } = await decideScripted({ selection, says: {}, receivedMbps });
    expect(decision.decidedBy).toBe("fallback");
    expect(order).toEqual(["blue", "green", "red"]);
  });
});
