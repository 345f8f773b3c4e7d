import * as z from "zod";

/**
 * The KPIs that genie knows. Modules see them by these names; a KPI that has no value is absent.
 * `from` is where the value comes from: what says `kpis` is stated by the admin, and measured by nothing.
 */
export const KPIS = {
  occupancy: {
    unit: "share, 0 to 1",
    better: "lower",
    meaning: "addresses in use, of the fullest range",
    from: "host-local's store",
  },
  "free-addresses": {
    unit: "addresses",
    better: "higher",
    meaning: "pods that still find an address",
    from: "host-local's store",
  },
  subnets: {
    unit: "subnets",
    better: "higher",
    meaning: "subnets from which the network gives addresses",
    from: "host-local's store",
  },
  "price-per-hour": {
    unit: "as configured",
    better: "lower",
    meaning: "what the network costs",
    from: "`pricePerHour`",
  },
  "capacity-mbps": {
    unit: "Mbit/s",
    better: "higher",
    meaning: "what the network can carry",
    from: "`capacityMbps`",
  },
  "latency-ms": { unit: "ms", better: "lower", meaning: "there and back", from: "`kpis`" },
  loss: { unit: "share, 0 to 1", better: "lower", meaning: "packets that don't arrive", from: "`kpis`" },
  "received-mbps": {
    unit: "Mbit/s",
    better: "lower",
    meaning: "what the node receives from the network",
    from: "`cAdvisor_address`, or `kpis`",
  },
  "sent-mbps": {
    unit: "Mbit/s",
    better: "lower",
    meaning: "what the node sends to the network",
    from: "`cAdvisor_address`, or `kpis`",
  },
} as const satisfies Record<
  string,
  { unit: string; better: "lower" | "higher"; meaning: string; from: string }
>;

/** The name of any KPI: modules may ask for their own, and admins state them. */
export const kpiName = z
  .string()
  .regex(/^[a-zA-Z0-9][\w./-]{0,63}$/, "must be letters, digits, '-', '_', '.', '/', at most 64");

/** One measurement of one network, or what the admin states in its place. */
export interface Sample {
  readonly network: string;
  /** One of KPIS, or a name of the admin's own. */
  readonly kpi: string;
  readonly value: number;
  /** Milliseconds since the epoch. */
  readonly takenAtMs: number;
}
