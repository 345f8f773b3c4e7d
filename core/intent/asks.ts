import type { JsonObject } from "../spec/json.ts";

/** What is asked of one attachment besides its network. Source: NPWG v1.3, §4.1.2.1. */
export interface Asks {
  /** Addresses, with or without a prefix. */
  readonly ips?: readonly string[] | undefined;
  readonly mac?: string | undefined;
  readonly infinibandGuid?: string | undefined;
  readonly portMappings?: readonly PortMapping[] | undefined;
  readonly bandwidth?: Bandwidth | undefined;
  /** Beats what the network's configuration has in `args.cni`. */
  readonly cniArgs?: JsonObject | undefined;
  /** Name of an IPAMClaim. Delegates that know such claims read the pod's annotation themselves. */
  readonly ipamClaim?: string | undefined;
  /** Of a device of the pod's. An extension of Multus'. */
  readonly deviceId?: string | undefined;
}

export interface PortMapping {
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly hostIP?: string | undefined;
}

/** In bits, and bits per second. A rate has its burst always: the reference plugin wants both. */
export interface Bandwidth {
  readonly ingressRate?: number | undefined;
  readonly ingressBurst?: number | undefined;
  readonly egressRate?: number | undefined;
  readonly egressBurst?: number | undefined;
}
