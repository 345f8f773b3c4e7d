import { findOwn } from "../spec/json.ts";
import { KPIS } from "../kpi/names.ts";
import type { Candidate } from "../select/request.ts";

type Fact = (typeof KPIS)[keyof typeof KPIS];

/**
 * In what `winner` is better than `rival`, in the order of KPIS: `occupancy 12 % against 85 %`. What only one of them
 * has, and what is neither better nor worse by itself, says nothing.
 */
export function listAdvantages(
  winner: Candidate,
  rival: Candidate,
): readonly { kpi: string; text: string }[] {
  return Object.keys(KPIS).flatMap((kpi) => {
    const [ours, theirs] = [findValue(winner, kpi), findValue(rival, kpi)];
    const fact: Fact | undefined = findOwn(KPIS, kpi);
    if (fact === undefined || ours === undefined || theirs === undefined) return [];
    const isBetter = fact.better === "lower" ? ours < theirs : ours > theirs;
    return isBetter ? [{ kpi, text: formatPair(kpi, fact, [ours, theirs]) }] : [];
  });
}

function findValue({ kpis }: Candidate, kpi: string): number | undefined {
  return kpis.find(({ name }) => name === kpi)?.value;
}

function formatPair(kpi: string, { unit }: Fact, values: readonly [number, number]): string {
  const name = kpi.replace(/-(ms|mbps)$/, "").replaceAll("-", " ");
  const [ours, theirs] = unit.startsWith("share") ? toPercent(values) : values.map(toNumber);
  const sign = unit === "ms" || unit === "Mbit/s" ? ` ${unit}` : "";
  return `${name} ${ours}${sign} against ${theirs}${sign}`;
}

/** Whole percents, unless these are the same. */
function toPercent(shares: readonly [number, number]): readonly string[] {
  const percents = shares.map((share) => share * 100);
  const [ours, theirs] = percents.map((percent) => percent.toFixed(0));
  return percents.map((percent) => `${percent.toFixed(ours === theirs ? 1 : 0)} %`);
}

/** Three digits, unless it has more before the point. */
function toNumber(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
