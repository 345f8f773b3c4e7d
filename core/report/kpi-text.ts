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

function toPercent([ours, theirs]: readonly [number, number]): readonly string[] {
  return toDistinct([ours * 100, theirs * 100], 0).map((percent) => `${percent} %`);
}

/** With so many digits behind the point, and one more where they look the same. */
export function toDistinct(values: readonly [number, number], digits: number): readonly string[] {
  const [ours, theirs] = values.map((value) => value.toFixed(digits));
  return values.map((value) => value.toFixed(ours === theirs ? digits + 1 : digits));
}

/** Three digits, unless it has more before the point. */
function toNumber(value: number): string {
  return Math.abs(value) >= 1000 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}
