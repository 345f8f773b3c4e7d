import * as z from "zod";
import { findJson } from "../../spec/json.ts";
import { RUN_MODES } from "../decision.ts";
import { OUTCOMES } from "../outcome.ts";
import { MODULE_KINDS } from "../request.ts";

/** The last that a date can be of. Source: ECMA-262, "Time Values and Time Range". */
const LAST_INSTANT = 8.64e15;
const count = z.number().int().min(0);
/** Milliseconds since the epoch. */
const instant = z.number().min(0).max(LAST_INSTANT);
const failed = z.enum(OUTCOMES).exclude(["ok"]);

const circuit = z.object({
  /** In a row. */
  failures: count,
  /** For how long it is kept open; 0 while it isn't. */
  openMs: instant,
  sinceMs: instant,
  /** From then on, one call is let through. */
  untilMs: instant,
  usedAtMs: instant,
  outcome: failed,
  detail: z.string(),
});

const circuits = z.object({
  /** Those in which the last call failed; empty for pods without a namespace. */
  namespaces: z.array(z.object({ name: z.string(), circuit })),
  /** Of the node, once it was opened. */
  node: circuit.optional(),
});

const health = z.object({
  digest: z.string(),
  kind: z.enum(MODULE_KINDS),
  mode: z.enum(RUN_MODES),
  /** Tells this configuration of the module from others. */
  entry: z.string(),
  runs: count,
  failures: count,
  /** Decisions in which a shadow would have given the pod other networks. */
  differences: count,
  lastFailure: z.object({ outcome: failed, detail: z.string(), atMs: instant }).optional(),
  usedAtMs: instant,
  /** Of a canary: its last calls, oldest first, `x` for a failure. */
  recent: z.string(),
  /** Since when the canary is halted. */
  haltedAtMs: instant.optional(),
  circuits,
});

const book = z.object({ version: z.literal(1), modules: z.array(health) });

export type Circuit = Readonly<z.infer<typeof circuit>>;
export type Circuits = Readonly<z.infer<typeof circuits>>;
/** What is remembered of one configured module from decision to decision; another configuration begins anew. */
export type ModuleHealth = Readonly<z.infer<typeof health>>;
/** The module that was used last comes first. */
export type HealthBook = readonly ModuleHealth[];

/** The text of a whole book, which `findHealthBook` reads. */
export function formatHealthBook(modules: HealthBook): string {
  return JSON.stringify({ version: 1, modules });
}

/** Undefined for what isn't a whole book. */
export function findHealthBook(text: string): HealthBook | undefined {
  return book.safeParse(findJson(text)).data?.modules;
}
