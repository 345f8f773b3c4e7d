import { setImmediate } from "node:timers/promises";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { FakeRepository, takeTurns } from "../../test/fakes/catalogue-repository.ts";
import { sha256 } from "../digest.ts";
import { addEntry, type ClaimTiming } from "./add.ts";
import { winPlace } from "./claim.ts";
import type { CatalogueRepository } from "./repository.ts";
import { toClaimTags } from "./tags.ts";

const QUICK: ClaimTiming = { writeWithinMs: 5_000, patienceMs: 5, pollMs: 1 };
const PLACE = toClaimTags(makeEntry(), 1);
const entryOf = (bytes: string) => makeEntry({ digest: sha256(Buffer.from(bytes)) });

test("adds a version once; the same bytes again are fine, others are refused", async () => {
  const repository = new FakeRepository();
  expect(await addEntry(repository, entryOf("first"), { timing: QUICK })).toBe(true);
  expect(await addEntry(repository, entryOf("first"), { timing: QUICK })).toBe(false);
  const again = addEntry(repository, entryOf("second"), { timing: QUICK });
  await expect(again).rejects.toMatchObject({ kind: "versionTaken" });
  await expect(again).rejects.toThrow(sha256(Buffer.from("first")));
  expect(await addEntry(repository, { ...entryOf("second"), version: "1.0.1" }, { timing: QUICK })).toBe(
    true,
  );
});

test("a publisher that died before it wrote holds up the next one, and doesn't stop it", async () => {
  const repository = new FakeRepository();
  expect(await winPlace(repository, PLACE)).toBe(true);
  let waits = 0;
  expect(await addEntry(repository, entryOf("next"), { timing: QUICK, onWait: () => waits++ })).toBe(true);
  expect(waits).toBe(1);
});

test("who was too slow after winning doesn't write", async () => {
  const repository = new FakeRepository();
  const timing = { ...QUICK, writeWithinMs: -1 };
  await expect(addEntry(repository, entryOf("slow"), { timing })).rejects.toMatchObject({
    kind: "contended",
  });
  expect([...repository.digestByTag.keys()].filter((tag) => tag.startsWith("entry-"))).toEqual([]);
});

test("stops when it's told to", async () => {
  const repository = new FakeRepository();
  await winPlace(repository, PLACE);
  const stop = new AbortController();
  const timing = { ...QUICK, patienceMs: 60_000 };
  const adding = addEntry(repository, entryOf("a"), {
    timing,
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  await expect(adding).rejects.toMatchObject({ name: "AbortError" });
});

/** Runs `works` on one repository, each step by whom `order` names, until all are done. */
async function interleave<T>(
  works: readonly ((repository: CatalogueRepository) => Promise<T>)[],
  order: readonly number[],
): Promise<readonly T[]> {
  const shared = new FakeRepository();
  const waiting = works.map((): (() => void)[] => []);
  let working = works.length;
  const results = works.map(async (work, at) => {
    const turn = () => new Promise<void>((resolve) => waiting[at]?.push(resolve));
    try {
      return await work(takeTurns(shared, turn));
    } finally {
      working--;
    }
  });
  for (const at of order) {
    await setImmediate();
    waiting[at]?.shift()?.();
  }
  while (working > 0) {
    await setImmediate();
    for (const queue of waiting) queue.shift()?.();
  }
  return Promise.all(results);
}

test("of two who meet one at most wins, in every order of their steps", async () => {
  const STEPS = 4;
  const orders = Array.from({ length: 2 ** (2 * STEPS) }, (_, bits) =>
    Array.from({ length: 2 * STEPS }, (_, at) => (bits >> at) & 1),
  ).filter((order) => order.filter((one) => one === 1).length === STEPS);
  expect(orders).toHaveLength(70);
  const counts = new Set<number>();
  for (const order of orders) {
    const work = (repository: CatalogueRepository) => winPlace(repository, PLACE);
    counts.add((await interleave([work, work], order)).filter(Boolean).length);
  }
  expect(counts).toEqual(new Set([0, 1])); // both may lose; both never win
});

test("of three who publish different bytes one at most believes it did, whatever the order", async () => {
  const publish = (bytes: string) => (repository: CatalogueRepository) =>
    addEntry(repository, entryOf(bytes), { timing: { ...QUICK, patienceMs: 100 } }).then(
      () => bytes,
      (error: { kind: string }) => error.kind,
    );
  const order = fc.array(fc.nat({ max: 2 }), { maxLength: 60 });
  await fc.assert(
    fc.asyncProperty(order, async (steps) => {
      const results = await interleave(["a", "b", "c"].map(publish), steps);
      const winners = results.filter((one) => one.length === 1);
      expect(winners.length).toBeLessThanOrEqual(1);
      expect(results.filter((one) => one.length > 1 && !["versionTaken", "contended"].includes(one))).toEqual(
        [],
      );
    }),
    { numRuns: 60 },
  );
});
