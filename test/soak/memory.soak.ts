/** Memory after very many decisions: of the process that decides, and of the guest. */
import { expect, test } from "vitest";
import { decide } from "../../core/select/pipeline.ts";
import { makeSelection } from "../fakes/decision.ts";
import { makeOrdinaryCandidates, makeRequest } from "../fakes/request.ts";
import { median } from "../bench/statistics.ts";
import { readGuests, readHostSettled } from "./guest-memory.ts";
import { makeBuiltin, openGuests, openSource } from "./modules.ts";

const DECISIONS = 100_000;
/** Both compilers and both heaps have found their size by then. */
const WARM_UP = 10_000;
const SAMPLE_EVERY = 1_000;
const SAMPLES = 20;
const GROWTH = 1.1;

/** A busy machine makes decisions late, which is no matter here. */
const DEADLINE_MS = 10_000;

const toMiB = (bytes: number) => (bytes / 2 ** 20).toFixed(1);

test("memory of host and guest stays flat within 10 % over 100,000 decisions", async () => {
  const [scorer, selector] = [
    await makeBuiltin("occupancy", "scorer"),
    await makeBuiltin("highest", "selector"),
  ];
  const selection = makeSelection({
    scorers: [{ module: scorer.reference }],
    selector: { module: selector.reference },
    deadlineMs: DEADLINE_MS,
  });
  await using sandbox = openGuests({});
  const ports = { source: openSource([scorer, selector]), sandbox, nowMs: () => performance.now() };
  const samples: { host: number; guest: number }[] = [];
  const outcomes = new Map<string, number>();
  for (let at = 0; at < WARM_UP + DECISIONS; at++) {
    const request = makeRequest({ candidates: makeOrdinaryCandidates(10), seed: BigInt(at) });
    const { decidedBy } = await decide(
      { request, selection, defaultNetwork: undefined, mayFail: true },
      ports,
    );
    outcomes.set(decidedBy, (outcomes.get(decidedBy) ?? 0) + 1);
    if (at < WARM_UP || at % SAMPLE_EVERY !== 0) continue;
    const guests = await readGuests();
    expect(guests).toHaveLength(1);
    samples.push({ host: readHostSettled(), guest: guests[0] ?? Number.NaN });
  }
  expect([...outcomes]).toEqual([["selector", WARM_UP + DECISIONS]]);
  const growths = (["host", "guest"] as const).map((side) => {
    const values = samples.map((sample) => sample[side]);
    const [before, after] = [median(values.slice(0, SAMPLES)), median(values.slice(-SAMPLES))];
    console.log(`${side}: ${toMiB(before)} MiB after the warm-up, ${toMiB(after)} MiB at the end`);
    return after / before;
  });
  for (const growth of growths) expect(growth).toBeLessThan(GROWTH);
});
