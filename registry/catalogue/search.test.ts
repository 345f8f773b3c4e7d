import { expect, test } from "vitest";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import type { CatalogueEntry } from "./catalogue.ts";
import { planSearch, type Search } from "./search.ts";

const make = (name: string, more: Partial<CatalogueEntry> = {}): CatalogueEntry => {
  const entry = makeEntry({ repository: `registry.example/team/${name}` });
  return { ...entry, deprecated: undefined, ...more };
};

const ENTRIES = [
  make("cheapest", { kind: "selector", kpis: { required: ["price-per-hour"], optional: ["occupancy"] } }),
  make("occupancy", { version: "1.9.0", description: "old" }),
  make("occupancy", { version: "1.10.0", signers: ["sha256:ab12"] }),
  make("lots", { title: "Everyone's Turn", kpis: { required: [], optional: [] } }),
  make("spread", {
    description: "Spreads by occupancy",
    deprecated: { reason: "slow", replacedBy: undefined },
  }),
];

const find = (search: Partial<Search>) =>
  planSearch(ENTRIES, { words: [], ...search }).map(
    ({ repository, version }) => `${repository.split("/").at(-1)} ${version}`,
  );

test("without words, everything: the newest version of each, what is deprecated last", () => {
  expect(find({})).toEqual(["cheapest 1.0.0", "lots 1.0.0", "occupancy 1.10.0", "spread 1.0.0"]);
});

test.each<[string, Partial<Search>, string[]]>([
  [
    "by name first, then by what it says",
    { words: ["OCCUPANCY"] },
    ["occupancy 1.10.0", "cheapest 1.0.0", "spread 1.0.0"],
  ],
  ["each word", { words: ["occupancy", "selector"] }, ["cheapest 1.0.0"]],
  ["the newest version only", { words: ["old"] }, []],
  ["by its title", { words: ["turn"] }, ["lots 1.0.0"]],
  ["by kind", { kind: "selector" }, ["cheapest 1.0.0"]],
  ["by KPI", { kpi: "price-per-hour" }, ["cheapest 1.0.0"]],
  ["by key", { signedBy: "ab1" }, ["occupancy 1.10.0"]],
  ["by key with its algorithm", { signedBy: "sha256:ab" }, ["occupancy 1.10.0"]],
  ["by another key", { signedBy: "cd" }, []],
])("%s", (_, search, found) => {
  expect(find(search)).toEqual(found);
});
