import { createHash } from "node:crypto";
import type { ModuleRun, Pass } from "./decision.ts";
import type { Question } from "./question.ts";
import {
  type ConfiguredModule,
  listConfigured,
  type ModuleConfig,
  type ScorerConfig,
  toDigest,
} from "./selection-config.ts";

/** One module and what it does in one decision. */
export type Part = PartBase &
  (
    | { readonly kind: "scorer"; readonly config: ScorerConfig }
    | { readonly kind: "selector"; readonly config: ModuleConfig }
  );

interface PartBase {
  /** Position among the configured modules, scorers first. */
  readonly at: number;
  readonly digest: string;
  readonly mode: ModuleRun["mode"];
  /** Why it isn't asked, though it has a part. */
  readonly pass?: Pass;
}

/** Who takes part in one decision. */
export interface Cast {
  /** Those that count, canaries among them, in the order of the configuration. */
  readonly scorers: readonly Extract<Part, { kind: "scorer" }>[];
  /** Asked one after the other until one answers: canaries, then the one that enforces. */
  readonly selectors: readonly Extract<Part, { kind: "selector" }>[];
  readonly shadows: readonly Part[];
  /** Canaries that this pod would have got, were they not halted. */
  readonly halted: readonly Part[];
}

/** Tells which modules are to be passed over. */
export type FindPass = (module: ConfiguredModule) => Pass | undefined;

/** Deals out the parts: by mode, and for canaries by pod. */
export function planCast(
  { selection, request }: Pick<Question, "selection" | "request">,
  findPass: FindPass = () => undefined,
): Cast {
  const parts = listConfigured(selection).flatMap((module, at): Part[] => {
    const { kind, config } = module;
    const digest = toDigest(config);
    const mode = typeof config.mode === "string" ? config.mode : "canary";
    if (typeof config.mode !== "string" && !isInCanary(request.seed, digest, config.mode.canary)) return [];
    const pass = findPass(module);
    const base: PartBase = { at, digest, mode, ...(pass && { pass }) };
    return [kind === "scorer" ? { ...base, kind, config } : { ...base, kind, config }];
  });
  const counting = parts.filter(({ mode, pass }) => mode !== "shadow" && pass?.notAsked !== "halted");
  const selectors = counting.filter((part) => part.kind === "selector");
  return {
    scorers: counting.filter((part) => part.kind === "scorer"),
    selectors: selectors.toSorted((a, b) => Number(a.mode === "enforce") - Number(b.mode === "enforce")),
    shadows: parts.filter(({ mode }) => mode === "shadow"),
    halted: parts.filter(({ pass }) => pass?.notAsked === "halted"),
  };
}

/** The cast in which this shadow enforces. */
export function promote(shadow: Part, cast: Cast): Cast {
  const none = { shadows: [], halted: [] };
  const mode = "enforce" as const;
  if (shadow.kind === "selector") return { ...cast, ...none, selectors: [{ ...shadow, mode }] };
  const scorers = [...cast.scorers, { ...shadow, mode }].toSorted((a, b) => a.at - b.at);
  return { ...cast, ...none, scorers };
}

/** Stable for a pod and a module: a higher percentage keeps the pods of a lower one. */
export function isInCanary(seed: bigint, digest: string, percent: number): boolean {
  const hash = createHash("sha256").update(`${seed} ${digest}`).digest();
  return hash.readUInt32BE(0) < (percent / 100) * 2 ** 32;
}
