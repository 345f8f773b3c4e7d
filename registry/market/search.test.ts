import fc from "fast-check";
import { expect, test } from "vitest";
import { marketEntry } from "../../test/fakes/market-entry.ts";
import { findModules, formatSearch, MODULES_PER_PAGE, readSearch } from "./search.ts";
import { planShelf } from "./shelf.ts";

const SHELF = planShelf({
  updatedAtMs: 0,
  tags: [],
  entries: [
    marketEntry({
      repository: "r.example/a/near",
      kpis: { required: ["latency-ms"], optional: ["loss"] },
    }),
    marketEntry({ repository: "r.example/a/cheap", kind: "selector", signers: ["sha256:aa"] }),
    marketEntry({ repository: "r.example/b/old", deprecated: { reason: "slow", replacedBy: undefined } }),
  ],
});

const namesOf = (query: string) =>
  findModules(SHELF, readSearch(new URLSearchParams(query))).modules.map(({ name }) => name);

test.each([
  ["", ["cheap", "near"]],
  ["q=NEAR+latency", ["near"]],
  ["q=nothing+near", []],
  ["kind=selector", ["cheap"]],
  ["kind=frob", ["cheap", "near"]],
  ["kpi=loss", ["near"]],
  ["signed=yes", ["cheap"]],
  ["deprecated=yes", ["cheap", "near", "old"]],
  ["deprecated=yes&q=r.example/b", ["old"]],
  ["page=99", ["cheap", "near"]],
  ["page=-1", ["cheap", "near"]],
])("?%s finds %j", (query, names) => {
  expect(namesOf(query)).toEqual(names);
});

test("a search is read back from its address", () => {
  const texts = fc.string().map((text) => text.trim());
  const searches = fc.record({
    text: texts,
    kind: fc.constantFrom("scorer" as const, "selector" as const, undefined),
    kpi: texts.map((text) => text || undefined),
    signed: fc.boolean(),
    deprecated: fc.boolean(),
    page: fc.integer({ min: 1, max: 10_000 }),
  });
  fc.assert(
    fc.property(searches, (search) => {
      expect(readSearch(new URLSearchParams(formatSearch(search)))).toEqual(search);
    }),
  );
});

test("10,000 modules are searched in pages, each of them once", () => {
  const entries = Array.from({ length: 10_000 }, (_, at) =>
    marketEntry({ repository: `r.example/m/n-${at}` }),
  );
  const shelf = planShelf({ entries, updatedAtMs: 0, tags: [] });
  const seen = new Set<string>();
  const { pages, count } = findModules(shelf, readSearch(new URLSearchParams()));
  expect({ pages, count }).toEqual({ pages: Math.ceil(10_000 / MODULES_PER_PAGE), count: 10_000 });
  for (let page = 1; page <= pages; page++) {
    const found = findModules(shelf, readSearch(new URLSearchParams({ page: String(page) })));
    for (const { repository } of found.modules) seen.add(repository);
  }
  expect(seen.size).toBe(10_000);
});
