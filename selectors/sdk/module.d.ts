/**
 * What a module in plain TypeScript is asked and answers: `import type { Request, Verdict } from "genie-cni/module"`.
 * An Error that is thrown is the error that world.wit speaks of, and its message the text.
 * Made from wit/world.wit by `npm run docs`.
 */

/** Settings of which the types know nothing. */
export type AnySettings = Record<string, unknown>;

/**
 * One verdict for each candidate, in their order: no more and no fewer. The error refuses the whole answer; then
 * the admin's fallback decides, and the decision record has the text.
 */
export type Score<Settings = AnySettings> = (request: Request<Settings>) => Verdict[];

/**
 * The candidates to attach, best first: at least `count`, or all where there are fewer; none twice, none that is
 * rejected. Those beyond `count` are tried, in this order, where one can't be attached. `verdicts` has one for each
 * candidate, in their order: the weighted mean of the scorers, 0 where there is no scorer. The error is as in
 * `score`.
 */
export type Select<Settings = AnySettings> = (request: Request<Settings>, verdicts: Verdict[]) => Choice[];

/** A named text. In one list no key occurs twice; the order means nothing. */
export interface Attribute {
  /** Any text; compared as it is, case included. */
  key: string;
  /** Any text. What it means is for who set it and who reads it to agree on; numbers are KPIs. */
  value: string;
}

/** One measurement of one network. A KPI that was never measured is absent, never 0. */
export interface Kpi {
  /**
   * Genie's own are `occupancy` (share, 0 to 1), `free-addresses` and `subnets` (counts), `price-per-hour` (as
   * configured), `capacity-mbps`, `received-mbps` and `sent-mbps` (Mbit/s), `latency-ms` (ms) and `loss` (share,
   * 0 to 1). Admins may add others. Should a name occur twice, the first counts.
   */
  name: string;
  /** Finite, in the unit of its name. */
  value: number;
  /**
   * Milliseconds since it was measured; 0 for what the admin's configuration states. From 4294967295 (49 days) on
   * it says 4294967295. No value is left out for its age: how old is too old is the module's to say.
   */
  ageMs: number;
}

/** A network of the node that may serve the workload. */
export interface Candidate {
  /** The name in its CNI configuration. No two candidates have the same. */
  network: string;
  /** The type of the first CNI plugin in its chain, such as `bridge`. */
  plugin: string;
  /** What the admin states about it (`genie.networks.NAME.attributes`). Empty where nothing is stated. */
  attributes: Attribute[];
  /** What is measured or stated about it. Empty where nothing is known. */
  kpis: Kpi[];
  /** The workload is attached to it now; always false for purpose `attach`. */
  current: boolean;
}

/** Who is to be attached, as far as the container runtime says. */
export interface Workload {
  /** `kubernetes`, `mesos`, `nomad`, or `none` where no orchestrator says who the workload is. */
  orchestrator: string;
  /** The pod's namespace; empty without an orchestrator. */
  namespace: string;
  /** The pod's name; empty without an orchestrator. A pod's owner chooses it: no base for trust, nor for chance. */
  name: string;
  /** Those of the pod's labels that the module's metadata names and the admin grants it. Empty where none is. */
  labels: Attribute[];
  /** The same for the pod's annotations. */
  annotations: Attribute[];
  /** The host name of this node. */
  node: string;
}

/**
 * Why the host asks. Answer as if it always were `attach`, unless a difference is what the module is for.
 * - `attach`: A workload starts.
 * - `switch`: A running workload may move to another network.
 * - `simulate`: Somebody wants to know what would be; nothing comes of it.
 */
export type Purpose = "attach" | "switch" | "simulate";

/** The question: which of the candidates suit the workload best? */
export interface Request<Settings = AnySettings> {
  /** Why the host asks. */
  purpose: Purpose;
  /** Who is to be attached. */
  workload: Workload;
  /** At least one, in the admin's order. What a scorer before this module rejected is not among them. */
  candidates: Candidate[];
  /** How many networks are wanted: at least 1. May be more than there are candidates. */
  count: number;
  /**
   * What the admin set for this module, read from its JSON; `{}` where nothing is set. Nobody has checked it: refuse
   * what you don't understand.
   */
  settings: Settings;
  /**
   * The only chance there is: stable for one pod on one node, and its owner can't choose it. Of the host's 64 even
   * bits, QuickJS keeps 53.
   */
  seed: bigint;
  /** What hosts of a later 1.x say beyond 1.0; empty today. Pass over keys that you don't know. */
  extensions: Attribute[];
}

/** What is said of one candidate. */
export type Verdict = VerdictScore | VerdictReject;

/** How well it suits: 0 worst to 1 best. Anything else, NaN included, spoils the whole answer. */
export interface VerdictScore {
  tag: "score";
  val: number;
}

/**
 * It must not be used, whatever other modules say, and why: words for who waits for the pod. 128 bytes of UTF-8
 * are kept; what isn't a letter, digit, punctuation, symbol or blank becomes `?`.
 */
export interface VerdictReject {
  tag: "reject";
  val: string;
}

/** One network that a selector picks. */
export interface Choice {
  /** Its position in the request's `candidates`, from 0. */
  candidate: number;
  /** Why, for the decision record; kept like the reason of a rejection. May be empty. */
  reason: string;
}
