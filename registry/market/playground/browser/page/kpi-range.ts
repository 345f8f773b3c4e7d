import { KPIS } from "../../../../../core/kpi/names.ts";
import { findOwn } from "../../../../../core/spec/json.ts";

/** Where a slider ends, and to how much its values are rounded. */
export interface KpiRange {
  readonly least: number;
  readonly most: number;
  readonly step: number;
}

/** What is usual, by unit. */
const MOST_BY_UNIT: Readonly<Record<string, number>> = {
  "share, 0 to 1": 1,
  addresses: 256,
  subnets: 8,
  ms: 100,
  "Mbit/s": 1000,
};
const USUAL_MOST = 10;
const STEPS = 100;

/** @param values those that must be found on it as well. */
export function planRange(kpi: string, values: readonly number[]): KpiRange {
  const usual = MOST_BY_UNIT[findUnit(kpi) ?? ""] ?? USUAL_MOST;
  const most = Math.max(usual, ...values.map(roundUp));
  const least = Math.min(0, ...values);
  return { least, most, step: most <= USUAL_MOST ? most / STEPS : 1 };
}

/** As KPIS has it; undefined of a KPI that genie doesn't know. */
export function findUnit(kpi: string): string | undefined {
  return findOwn<{ readonly unit: string }>(KPIS, kpi)?.unit;
}

/** To one digit and zeros. */
function roundUp(value: number): number {
  if (value <= 0) return 0;
  const scale = 10 ** Math.floor(Math.log10(value));
  return Math.ceil(value / scale) * scale;
}
