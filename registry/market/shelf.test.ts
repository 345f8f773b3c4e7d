import { expect, test } from "vitest";
import { marketEntry } from "../../test/fakes/market-entry.ts";
import { planShelf } from "./shelf.ts";

const DEPRECATED = { reason: "slow", replacedBy: undefined };

test("versions of one repository stand together, the latest first", () => {
  const old = marketEntry({ version: "1.0.0", publishedAt: "2026-01-01T00:00:00Z" });
  const young = marketEntry({ version: "1.1.0", publishedAt: "2026-02-01T00:00:00Z" });
  const { modules } = planShelf({ entries: [old, young], updatedAtMs: 0, tags: [] });
  expect(modules).toMatchObject([{ name: "near", versions: [young, old], offered: young }]);
});

test("the latest version that isn't deprecated is offered", () => {
  const old = marketEntry({ version: "1.0.0", publishedAt: "2026-01-01T00:00:00Z" });
  const young = marketEntry({
    version: "1.1.0",
    publishedAt: "2026-02-01T00:00:00Z",
    deprecated: DEPRECATED,
  });
  expect(planShelf({ entries: [old, young], updatedAtMs: 0, tags: [] }).modules[0]?.offered).toBe(old);
  expect(planShelf({ entries: [young], updatedAtMs: 0, tags: [] }).modules[0]?.offered).toBe(young);
});

test("one digest may stand under several names", () => {
  const { digest } = marketEntry();
  const entries = [marketEntry({ digest }), marketEntry({ digest, repository: "registry.example/b/near" })];
  const { versionsByDigest, moduleByRepository } = planShelf({ entries, updatedAtMs: 0, tags: [] });
  expect(versionsByDigest.get(digest)).toEqual(entries);
  expect([...moduleByRepository.keys()]).toEqual(["registry.example/b/near", "registry.example/genie/near"]);
});
