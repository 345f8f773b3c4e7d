/**
 * The host's twin of `selectors/wit/world.wit`: what modules are asked and what they answer.
 * Names are the WIT's in camel case, so that jco's bindings take these objects as they are.
 */

export interface Attribute {
  readonly key: string;
  readonly value: string;
}

/** One measurement. A KPI that was never measured is absent from the list, never 0. */
export interface Kpi {
  readonly name: string;
  readonly value: number;
  /** Milliseconds since it was measured. */
  readonly ageMs: number;
}

export interface Candidate {
  readonly network: string;
  /** The type of the first plugin in the network's chain, such as `bridge`. */
  readonly plugin: string;
  readonly attributes: readonly Attribute[];
  readonly kpis: readonly Kpi[];
  /** The workload is attached to this network now; always false for purpose `attach`. */
  readonly current: boolean;
}

export interface Workload {
  /** `kubernetes`, `mesos`, `nomad`, or `none` where no orchestrator said who the workload is. */
  readonly orchestrator: string;
  readonly namespace: string;
  readonly name: string;
  readonly labels: readonly Attribute[];
  readonly annotations: readonly Attribute[];
  readonly node: string;
}

/** In the order of world.wit. */
export const PURPOSES = ["attach", "switch", "simulate"] as const;
export type Purpose = (typeof PURPOSES)[number];

export interface SelectionRequest {
  readonly purpose: Purpose;
  readonly workload: Workload;
  readonly candidates: readonly Candidate[];
  /** How many networks are wanted. */
  readonly count: number;
  /** The admin's settings for this module, as JSON text. */
  readonly settings: string;
  /** Stable for one pod; its owner can't choose it. */
  readonly seed: bigint;
  readonly extensions: readonly Attribute[];
}

/** A score is 0 worst … 1 best; a rejection is final and gives the reason. */
export type Verdict =
  | { readonly tag: "score"; readonly val: number }
  | { readonly tag: "reject"; readonly val: string };

export interface Choice {
  /** Index into `SelectionRequest.candidates`. */
  readonly candidate: number;
  readonly reason: string;
}

export const MODULE_KINDS = ["scorer", "selector"] as const;
export type ModuleKind = (typeof MODULE_KINDS)[number];
