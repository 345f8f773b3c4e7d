import { describe, expect, test } from "vitest";
import { makeRun, makeSelection } from "../../../test/fakes/decision.ts";
import { digestOf, module } from "../../../test/fakes/scripted-decision.ts";
import { planCast } from "../cast.ts";
import type { ModuleRun } from "../decision.ts";
import { findHealthBook, formatHealthBook, type HealthBook } from "./book.ts";
import { noteRuns } from "./note.ts";
import { planTrials, toFindPass } from "./pass.ts";
import type { Outcome } from "../outcome.ts";
import type { SelectionConfig } from "../selection-config.ts";

const enforced = makeSelection({ scorers: [module("a")] });
const canary = makeSelection({ scorers: [module("a", { mode: { canary: 50 } })] });
const round = { namespace: "shop", nowMs: 5_000, trials: [] };

/** The book after runs of the module `a` that ended so. */
function note(outcomes: readonly Outcome[], selection: SelectionConfig, more: Partial<ModuleRun> = {}) {
  let book: HealthBook = [];
  const events: string[] = [];
  for (const outcome of outcomes) {
    const run = makeRun({ digest: digestOf("a"), outcome, detail: "why", ...more });
    const noted = noteRuns(book, [run], { ...round, selection });
    book = noted.book;
    events.push(...noted.events.map(({ what, detail }) => `${what} ${detail}`));
  }
  return { book, events };
}

const passOf = (book: HealthBook, selection: SelectionConfig, nowMs = 5_001) =>
  toFindPass(book, "shop", nowMs)({ kind: "scorer", config: selection.scorers[0] ?? expect.unreachable() });

test("runs, failures and the last failure are counted", () => {
  const { book } = note(["ok", "error", "trap", "ok"], enforced);
  expect(book).toMatchObject([
    {
      digest: digestOf("a"),
      runs: 4,
      failures: 2,
      lastFailure: { outcome: "trap", detail: "why", atMs: 5_000 },
    },
  ]);
});

test("who wasn't asked didn't fail", () => {
  for (const notAsked of ["circuit", "halted", "late"] as const) {
    expect(note(["timeout"], enforced, { notAsked }).book).toEqual([]);
  }
});

test("an open circuit says for whom, since when and until when", () => {
  const { book, events } = note(["trap", "trap", "trap"], enforced);
  expect(events).toEqual(["circuitOpened for namespace shop: trap why"]);
  expect(passOf(book, enforced)).toEqual({
    outcome: "trap",
    detail: "not asked for namespace shop since 1970-01-01T00:00:05.000Z until 1970-01-01T00:00:35.000Z: why",
    notAsked: "circuit",
  });
  expect(passOf(book, enforced, 35_000)).toBeUndefined();
});

test("another configuration of the same module begins anew", () => {
  const { book } = note(["trap", "trap", "trap"], enforced);
  for (const more of [{ settings: { x: 1 } }, { weight: 2 }, { mode: "shadow" }]) {
    expect(passOf(book, makeSelection({ scorers: [module("a", more)] }))).toBeUndefined();
  }
});

test("a trial is claimed once, and told by position", () => {
  const { book } = note(["trap", "trap", "trap"], enforced);
  const when = { selection: enforced, namespace: "shop", nowMs: 35_000 };
  const first = planTrials(book, when);
  expect(first.trials).toEqual([0]);
  expect(planTrials(first.book, when).trials).toEqual([]);
  expect(planTrials(book, { ...when, nowMs: 34_999 })).toEqual({ book, trials: [] });
  const second = makeSelection({ scorers: [module("b"), module("a")] });
  expect(planTrials(book, { ...when, selection: second }).trials).toEqual([1]);
  const ok = makeRun({ digest: digestOf("a") });
  const { book: healed } = noteRuns(first.book, [ok], { ...when, trials: first.trials });
  expect(healed[0]?.circuits).toEqual({ namespaces: [] });
});

describe("a canary", () => {
  const bad = { mode: "canary" } as const;

  test.each<[string, Outcome[], boolean]>([
    ["two failures of twenty", [...Array<Outcome>(17).fill("ok"), "ok", "trap", "error"], false],
    ["three failures", ["trap", "error", "badAnswer"], true],
    ["three among others", ["trap", ...Array<Outcome>(9).fill("ok"), "trap", "ok", "trap"], true],
    ["three that are long apart", ["trap", "trap", ...Array<Outcome>(20).fill("ok"), "trap"], false],
    ["not being in the store", Array<Outcome>(9).fill("notInStore"), false],
  ])("with %s", (_, outcomes, halted) => {
    const { book, events } = note(outcomes, canary, bad);
    expect(events.filter((text) => text.startsWith("canaryHalted"))).toHaveLength(Number(halted));
    expect(passOf(book, canary)?.notAsked).toBe(halted ? "halted" : undefined);
  });

  test("that is halted stays so, is said once, and takes no pod", () => {
    const { book, events } = note(Array<Outcome>(9).fill("trap"), canary, bad);
    expect(events).toEqual(["canaryHalted 3 of its last 3 calls failed, at last with trap why"]);
    expect(passOf(book, canary, 1e12)).toMatchObject({
      notAsked: "halted",
      detail: "halted since 1970-01-01T00:00:05.000Z: why",
    });
    const all = makeSelection({ scorers: [module("a", { mode: { canary: 100 } })] });
    const { book: ofAll } = note(["trap", "trap", "trap"], all, bad);
    const request = { seed: 1n } as Parameters<typeof planCast>[0]["request"];
    const cast = planCast({ selection: all, request }, toFindPass(ofAll, "shop", 6_000));
    expect(cast).toMatchObject({ scorers: [], halted: [{ at: 0 }] });
  });

  test("has no circuit", () => {
    const patient = { ...canary, circuit: { ...canary.circuit, canaryFailurePercent: 100 } };
    const { book } = note(Array<Outcome>(30).fill("trap"), patient, bad);
    expect(book[0]).toMatchObject({ failures: 30, circuits: { namespaces: [] } });
    expect(passOf(book, patient)).toBeUndefined();
  });
});

test("differences of a shadow are counted; the 1st, 10th, 100th … is told", () => {
  const shadow = makeSelection({ scorers: [module("a", { mode: "shadow" })] });
  const other = { mode: "shadow", shadow: { differs: true, ranking: [] } } as const;
  const { book, events } = note(Array<Outcome>(120).fill("ok"), shadow, other);
  expect(book[0]?.differences).toBe(120);
  expect(events).toEqual(
    [1, 10, 100].map((n) => `shadowDiffers ${n} of ${n} pods would have got other networks`),
  );
  const same = note(["ok"], shadow, { ...other, shadow: { differs: false, ranking: [] } });
  expect(same).toMatchObject({ events: [], book: [{ differences: 0 }] });
});

test("the book holds the 64 modules that were used last", () => {
  let book: HealthBook = [];
  for (let at = 0; at < 100; at++) {
    const digest = `sha256:${String(at).padStart(64, "0")}`;
    const selection = makeSelection({ scorers: [{ module: `r/a@${digest}` }] });
    book = noteRuns(book, [makeRun({ digest })], { ...round, selection, nowMs: at }).book;
  }
  expect(book.map(({ usedAtMs }) => usedAtMs)).toEqual(Array.from({ length: 64 }, (_, at) => 99 - at));
});

test("a book is read back as it was written, and anything else is none", () => {
  const { book } = note(["trap", "trap", "trap"], enforced);
  const text = formatHealthBook(book);
  expect(findHealthBook(text)).toEqual(book);
  for (const other of [
    "",
    "{",
    "[]",
    '{"version":2,"modules":[]}',
    text.slice(0, -2),
    text.replace("trap", "joy"),
  ]) {
    expect(findHealthBook(other)).toBeUndefined();
  }
});
