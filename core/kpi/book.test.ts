import { expect, test } from "vitest";
import { readKpis, toSamples } from "./book.ts";
import type { Sample } from "./names.ts";

const sample: Sample = { network: "blue", kpi: "occupancy", value: 0.5, takenAtMs: 1_000 };

test("a network has its own KPIs, with their age", () => {
  const samples: Sample[] = [
    sample,
    { ...sample, network: "red" },
    { ...sample, kpi: "subnets", takenAtMs: 0 },
  ];
  expect(readKpis("blue", samples, 1_250.4)).toEqual([
    { name: "occupancy", value: 0.5, ageMs: 250 },
    { name: "subnets", value: 0.5, ageMs: 1_250 },
  ]);
});

test("what was never measured is absent", () => {
  expect(readKpis("green", [sample], 1_000)).toEqual([]);
});

test.each([
  { takenAtMs: 2_000, nowMs: 1_000, ageMs: 0, why: "a clock went backwards" },
  { takenAtMs: 0, nowMs: 1e15, ageMs: 0xffff_ffff, why: "the contract's u32 ends there" },
])("from $takenAtMs to $nowMs it is $ageMs: $why", ({ takenAtMs, nowMs, ageMs }) => {
  expect(readKpis("blue", [{ ...sample, takenAtMs }], nowMs)[0]?.ageMs).toBe(ageMs);
});

test("of two samples of one KPI the first counts: what is measured stands before what is stated", () => {
  const stated = { ...sample, value: 0.9, takenAtMs: 1_250 };
  expect(readKpis("blue", [sample, { ...stated, network: "red" }, stated], 1_250)).toEqual([
    { name: "occupancy", value: 0.5, ageMs: 250 },
  ]);
});

test("the admin's facts are fresh samples; what isn't stated is absent, a price of 0 is not", () => {
  const none = { attributes: {}, interfaces: [], kpis: {} };
  const facts = { blue: { ...none, pricePerHour: 0, capacityMbps: 100 }, red: none };
  expect(toSamples(facts, 7)).toEqual([
    { network: "blue", kpi: "price-per-hour", value: 0, takenAtMs: 7 },
    { network: "blue", kpi: "capacity-mbps", value: 100, takenAtMs: 7 },
  ]);
});

test("a KPI may have any name, and a price one of two places", () => {
  const none = { attributes: {}, interfaces: [] };
  const facts = {
    blue: { ...none, kpis: { "latency-ms": 3, "price-per-hour": 2 } },
    red: { ...none, pricePerHour: 1, kpis: { "price-per-hour": 2 } },
  };
  expect(toSamples(facts, 7)).toEqual([
    { network: "blue", kpi: "latency-ms", value: 3, takenAtMs: 7 },
    { network: "blue", kpi: "price-per-hour", value: 2, takenAtMs: 7 },
    { network: "red", kpi: "price-per-hour", value: 1, takenAtMs: 7 },
  ]);
});
