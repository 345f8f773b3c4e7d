/** Every KPI that the host measures. Modules see them by these names; a KPI that has no value is absent. */
export const KPIS = {
  occupancy: { unit: "share, 0 to 1", better: "lower", meaning: "addresses in use, of the fullest range" },
  "free-addresses": { unit: "addresses", better: "higher", meaning: "pods that still find an address" },
  subnets: { unit: "subnets", better: "higher", meaning: "subnets from which the network gives addresses" },
  "price-per-hour": { unit: "as configured", better: "lower", meaning: "`pricePerHour` of the network" },
  "capacity-mbps": { unit: "Mbit/s", better: "higher", meaning: "`capacityMbps` of the network" },
} as const satisfies Record<string, { unit: string; better: "lower" | "higher"; meaning: string }>;

export type KpiName = keyof typeof KPIS;

/** One measurement of one network. */
export interface Sample {
  readonly network: string;
  readonly kpi: KpiName;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly takenAtMs: number;
}
