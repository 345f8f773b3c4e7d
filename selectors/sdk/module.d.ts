/** What a module in plain TypeScript is asked and answers: `import type { Request, Verdict } from "genie-cni/module"`. */

/** `score` of a scorer: one verdict for each candidate, in their order. Throw an Error to refuse the whole answer. */
export type Score = (request: Request) => Verdict[];

/** `select` of a selector: at least `count` choices, best first. Throw an Error to refuse the whole answer. */
export type Select = (request: Request, verdicts: Verdict[]) => Choice[];

/** The question: which of `candidates` suits `workload` best? */
export interface Request {
  purpose: Purpose;
  workload: Workload;
  candidates: Candidate[];
  /** How many networks are wanted. */
  count: number;
  /** What the admin set for this module, as JSON text. */
  settings: string;
  /** Stable for one pod; its owner can't choose it. Made of the host's 64 bits, of which QuickJS keeps 53. */
  seed: bigint;
  /** What hosts of a later 1.x add. */
  extensions: Attribute[];
}

/** Why the host asks. */
export type Purpose = "attach" | "switch" | "simulate";

/** Who is to be attached. Labels and annotations are those that the admin shows to this module. */
export interface Workload {
  /** `kubernetes`, or `none` where no orchestrator said who the workload is. */
  orchestrator: string;
  namespace: string;
  name: string;
  labels: Attribute[];
  annotations: Attribute[];
  node: string;
}

/** A network that may serve the workload. */
export interface Candidate {
  network: string;
  /** The type of the first plugin in the network's chain, such as `bridge`. */
  plugin: string;
  attributes: Attribute[];
  kpis: Kpi[];
  /** The workload is attached to this network now. */
  current: boolean;
}

/** One measurement of one network. A KPI that was never measured is absent. */
export interface Kpi {
  name: string;
  value: number;
  /** Milliseconds since it was measured. */
  ageMs: number;
}

export interface Attribute {
  key: string;
  value: string;
}

/** A score is 0 worst … 1 best; a rejection is final and says why. */
export type Verdict = { tag: "score"; val: number } | { tag: "reject"; val: string };

/** One network that a selector picks. */
export interface Choice {
  /** Position in `candidates`. */
  candidate: number;
  reason: string;
}
