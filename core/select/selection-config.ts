import * as z from "zod";
import { isJsonObject } from "../spec/json.ts";
import { strict } from "../strict-object.ts";
import { limits } from "./limits-config.ts";
import { grantedKeys } from "./pod-keys.ts";

/** A module is named by the digest of its manifest: a tag may move between two pods. */
const pinnedReference = z
  .string()
  .max(512)
  .regex(/@sha256:[a-f0-9]{64}$/, "must be pinned by digest (…@sha256:…): run `geniectl pin --config FILE`");

/** Whether a module decides: for all pods, for none, or for a share of them. */
const mode = z.union(
  [z.enum(["enforce", "shadow"]), z.strictObject({ canary: z.number().min(0).max(100) })],
  `must be "enforce", "shadow" or {"canary": PERCENT}`,
);

const moduleFields = {
  module: pinnedReference,
  mode: mode.default("enforce"),
  settings: z.record(z.string(), z.json()).default({}),
  /** What a failure of this module means: the fallback decides, or the pod fails with error 110. */
  onFailure: z.enum(["fallback", "fail"]).default("fallback"),
  /** Of the pod's labels and annotations, those that this module may see, as far as it declares them. */
  labels: grantedKeys,
  annotations: grantedKeys,
};

/** When a module that keeps failing is left alone for a while, and when a canary is halted. */
const circuit = strict({
  /** So many failures in a row open the circuit of a module for the pod's namespace. */
  failures: z.number().int().min(1).max(1_000).default(3),
  /** For so long; doubled with every trial that fails. */
  openMs: z.number().int().min(100).max(3_600_000).default(30_000),
  /** With so many namespaces whose circuit is open, it opens for the node. */
  namespaces: z.number().int().min(1).max(1_000).default(3),
  /** A canary is halted when more of its last 20 calls fail. */
  canaryFailurePercent: z.number().min(0).max(100).default(10),
});

/** Besides the one that decides, those that are tried out: as a list, or as the one alone. */
const selectors = z
  .preprocess((value) => (isJsonObject(value) ? [value] : value), z.array(strict(moduleFields)).max(8))
  .refine(
    (all) => all.filter((one) => one.mode === "enforce").length <= 1,
    "only one selector may have the mode enforce",
  );

/** The block `genie.selection`: which modules choose, within which limits, and who decides when they fail. */
export const selection = strict({
  scorers: z
    .array(strict({ ...moduleFields, weight: z.number().positive().max(1e6).default(1) }))
    .max(32)
    .default([]),
  selector: selectors.default([]),
  fallback: z.enum(["first-fit", "default"]).default("first-fit"),
  /** For all modules of one decision together, from the moment the guest process has them. */
  deadlineMs: z.number().int().min(1).max(10_000).default(50),
  /** For all that shadow modules do after one decision, loading them included. */
  shadowDeadlineMs: z.number().int().min(1).max(1_000).default(50),
  /** Linear memory of one module, summed over its memories. */
  memoryMiB: z.number().int().min(1).max(256).default(16),
  limits: limits.prefault({}),
  /** When a network can't be attached, the next in the ranking is tried. */
  tryNextOnFailure: z.boolean().default(true),
  circuit: circuit.prefault({}),
});

export type SelectionConfig = z.infer<typeof selection>;
export type ModuleConfig = z.infer<z.ZodObject<typeof moduleFields>>;
export type ScorerConfig = SelectionConfig["scorers"][number];
export type CircuitConfig = SelectionConfig["circuit"];

/** The selection of a node whose admin changes nothing. */
export function makeDefaultSelection(): SelectionConfig {
  return selection.parse({});
}

/** One module as it is configured. */
export type ConfiguredModule =
  | { readonly kind: "scorer"; readonly config: ScorerConfig }
  | { readonly kind: "selector"; readonly config: ModuleConfig };

/** Every module of a selection with its kind, scorers first, in the order of the configuration. */
export function listConfigured({ scorers, selector }: SelectionConfig): readonly ConfiguredModule[] {
  return [
    ...scorers.map((config) => ({ kind: "scorer" as const, config })),
    ...selector.map((config) => ({ kind: "selector" as const, config })),
  ];
}

/** Is there a module that is asked? */
export function hasModules(selection: SelectionConfig): boolean {
  return listModules(selection).length > 0;
}

/** Is there a module that decides about any pod? */
export function mayDecide(selection: SelectionConfig): boolean {
  return listModules(selection).some(({ mode }) => mode !== "shadow");
}

/** The digest by which a configuration names a module. */
export function toDigest({ module }: Pick<ModuleConfig, "module">): string {
  return module.slice(module.lastIndexOf("@") + 1);
}

/** Every module of the selection, scorers first. */
export function listModules({ scorers, selector }: SelectionConfig): readonly ModuleConfig[] {
  return [...scorers, ...selector];
}
