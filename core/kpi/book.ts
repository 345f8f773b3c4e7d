import type { NetworkFacts } from "../config.ts";
import type { Kpi } from "../select/request.ts";
import type { Sample } from "./names.ts";

/** `age-ms` is a u32 in the modules' contract: 49 days and everything beyond. */
const OLDEST_MS = 0xffff_ffff;

/**
 * The KPIs of one network with their age at `nowMs`. Of several samples of one KPI the first counts.
 * A clock that went backwards makes no negative age.
 */
export function readKpis(network: string, samples: readonly Sample[], nowMs: number): readonly Kpi[] {
  const own = samples.filter((sample) => sample.network === network);
  const firstByKpi = new Map(own.toReversed().map((sample) => [sample.kpi, sample]));
  return own
    .filter((sample) => firstByKpi.get(sample.kpi) === sample)
    .map(({ kpi, value, takenAtMs }) => ({
      name: kpi,
      value,
      ageMs: Math.min(OLDEST_MS, Math.max(0, Math.round(nowMs - takenAtMs))),
    }));
}

/** What the admin states about the networks, as samples that are always fresh. */
export function toSamples(
  factsByNetwork: Readonly<Record<string, NetworkFacts>>,
  nowMs: number,
): readonly Sample[] {
  return Object.entries(factsByNetwork).flatMap(([network, { kpis, ...facts }]) => {
    const { pricePerHour = kpis["price-per-hour"], capacityMbps = kpis["capacity-mbps"] } = facts;
    const valueByKpi = { ...kpis, "price-per-hour": pricePerHour, "capacity-mbps": capacityMbps };
    return Object.entries(valueByKpi).flatMap(([kpi, value]) =>
      value === undefined ? [] : [{ network, kpi, value, takenAtMs: nowMs }],
    );
  });
}
