import { expect, test } from "vitest";
import { makeQuestion, makeSelection } from "../../test/fakes/decision.ts";
import { decideWithoutModules } from "./traffic.ts";

function ask(...receivedMbps: (number | undefined)[]) {
  const question = makeQuestion();
  const candidates = receivedMbps.map((value, at) => ({
    network: String(at),
    plugin: "bridge",
    attributes: [],
    kpis: value === undefined ? [] : [{ name: "received-mbps", value, ageMs: 0 }],
    current: false,
  }));
  return { ...question, request: { ...question.request, candidates } };
}

const measured = { measures: true };
const FIRST_FIT = [
  { network: "0", reason: "first-fit" },
  { network: "1", reason: "first-fit" },
];

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
  const { decidedBy, ranking } = decideWithoutModules(ask(...received), measured);
  expect(decidedBy).toBe("traffic");
  expect(ranking.map(({ network, reason }) => `${network}: ${reason}`)).toEqual(expected);
});

test.each([
  ["nothing is measured", ask(undefined, undefined), measured],
  ["cAdvisor isn't asked, and the admin states it", ask(700, 2), { measures: false }],
])("where %s, the fallback decides", (_, question, how) => {
  expect(decideWithoutModules(question, how)).toMatchObject({ decidedBy: "fallback", ranking: FIRST_FIT });
});

test("the default network comes first where it is the fallback, whatever is measured", () => {
  const asked = { ...ask(700, 2, 9), selection: makeSelection({ fallback: "default" }), defaultNetwork: "0" };
  expect(decideWithoutModules(asked, measured)).toMatchObject({
    decidedBy: "fallback",
    ranking: [{ network: "0", reason: "default" }, { network: "1" }, { network: "2" }],
  });
});
