import { expect, test } from "vitest";
import { planFallback, rankFirstFit } from "./fallback.ts";

const networks = ["blue", "green", "red"];
const plan = (fallback: "first-fit" | "default", defaultNetwork?: string) =>
  planFallback(rankFirstFit(networks), { selection: { fallback }, defaultNetwork }).map(
    ({ network, reason }) => `${network}: ${reason}`,
  );

test.each<["first-fit" | "default", string | undefined, string[]]>([
  ["first-fit", undefined, ["blue: first-fit", "green: first-fit", "red: first-fit"]],
  ["first-fit", "red", ["blue: first-fit", "green: first-fit", "red: first-fit"]],
  ["default", "red", ["red: default", "blue: first-fit", "green: first-fit"]],
  ["default", undefined, ["blue: first-fit", "green: first-fit", "red: first-fit"]],
  ["default", "rejected", ["blue: first-fit", "green: first-fit", "red: first-fit"]],
])("%s with default network %s", (fallback, defaultNetwork, ranking) => {
  expect(plan(fallback, defaultNetwork)).toEqual(ranking);
});
