import { expect, test } from "vitest";
import { planRange } from "./kpi-range.ts";
import { planRanking } from "./ranking.ts";
import { tellRanking } from "./ranking-view.ts";

const networks = ["blue", "green", "red", "teal"];

test("scores are ordered as on a node: equal ones as they stand, rejections last", () => {
  const items = [
    { tag: "score", val: 0.5 },
    { tag: "reject", val: "full" },
    { tag: "score", val: 1 },
    { tag: "score", val: 0.5 },
  ] as const;
  const ranking = planRanking({ kind: "scorer", items }, { networks, count: 2 });
  expect(ranking).toEqual([
    { network: "red", place: 1, score: 1, reason: "", state: "attached" },
    { network: "blue", place: 2, score: 0.5, reason: "", state: "attached" },
    { network: "teal", place: 3, score: 0.5, reason: "", state: "next" },
    { network: "green", place: undefined, score: undefined, reason: "full", state: "rejected" },
  ]);
  expect(tellRanking(ranking)).toBe("Ranking: red, blue, teal. Rejected: green.");
});

test("a selector's choices are the ranking, and what it leaves out follows", () => {
  const items = [
    { candidate: 2, reason: "near" },
    { candidate: 0, reason: "" },
  ];
  const ranking = planRanking({ kind: "selector", items }, { networks, count: 1 });
  expect(ranking.map(({ network, place, state }) => [network, place, state])).toEqual([
    ["red", 1, "attached"],
    ["blue", 2, "next"],
    ["green", undefined, "left out"],
    ["teal", undefined, "left out"],
  ]);
});

test("nothing is ranked where nothing can be", () => {
  expect(tellRanking(planRanking({ kind: "scorer", items: [] }, { networks: [], count: 1 }))).toBe(
    "No network is in the ranking.",
  );
});

test.each([
  ["occupancy", [0.5], { least: 0, most: 1, step: 0.01 }],
  ["occupancy", [1.5], { least: 0, most: 2, step: 0.02 }],
  ["latency-ms", [3, 250], { least: 0, most: 300, step: 1 }],
  ["acme.example/queue", [], { least: 0, most: 10, step: 0.1 }],
  ["acme.example/balance", [-3], { least: -3, most: 10, step: 0.1 }],
  ["constructor", [0], { least: 0, most: 10, step: 0.1 }],
])("a slider for %s holds what is usual, and %j", (kpi, values, range) => {
  expect(planRange(kpi, values)).toEqual(range);
});
