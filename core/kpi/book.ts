import type { NetworkFacts } from "../config.ts";
import type { Kpi } from "../select/request.ts";
import type { Sample } from "./names.ts";

/** `age-ms` is a u32 in the modules' contract: 49 days and everything beyond. */
const OLDEST_MS = 0xffff_ffff;

/** The KPIs of one network with their age at `nowMs`. A clock that went backwards makes no negative age. */
export function readKpis(network: string, samples: readonly Sample[], nowMs: number): readonly Kpi[] {
  return samples
    .filter((sample) => sample.network === network)
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
  return Object.entries(factsByNetwork).flatMap(([network, { pricePerHour, capacityMbps }]) => [
    ...toSample({ network, kpi: "price-per-hour", takenAtMs: nowMs }, pricePerHour),
    ...toSample({ network, kpi: "capacity-mbps", takenAtMs: nowMs }, capacityMbps),
  ]);
}

function toSample(sample: Omit<Sample, "value">, value: number | undefined): Sample[] {
  return value === undefined ? [] : [{ ...sample, value }];
}
