import * as z from "zod";
import { strict } from "../strict-object.ts";
import { podKeys } from "./pod-keys.ts";

/** A module is named by the digest of its manifest: a tag may move between two pods. */
const pinnedReference = z
  .string()
  .max(512)
  .regex(/@sha256:[a-f0-9]{64}$/, "must be pinned by digest (…@sha256:…): run `geniectl pin --config FILE`");

const moduleFields = {
  module: pinnedReference,
  mode: z.literal("enforce").default("enforce"),
  settings: z.record(z.string(), z.json()).default({}),
  /** What a failure of this module means: the fallback decides, or the pod fails with error 110. */
  onFailure: z.enum(["fallback", "fail"]).default("fallback"),
  /** Of the pod's labels and annotations, those that this module may see, as far as it declares them. */
  labels: podKeys,
  annotations: podKeys,
};

/** The block `genie.selection`: which modules choose, within which limits, and who decides when they fail. */
export const selection = strict({
  scorers: z
    .array(strict({ ...moduleFields, weight: z.number().positive().max(1e6).default(1) }))
    .max(32)
    .default([]),
  selector: strict(moduleFields).optional(),
  fallback: z.enum(["first-fit", "default"]).default("first-fit"),
  /** For all modules of one decision together, from the moment the guest process has them. */
  deadlineMs: z.number().int().min(1).max(10_000).default(50),
  /** Linear memory of one module, summed over its memories. */
  memoryMiB: z.number().int().min(1).max(256).default(16),
  /** When a network can't be attached, the next in the ranking is tried. */
  tryNextOnFailure: z.boolean().default(true),
});

export type SelectionConfig = z.infer<typeof selection>;
export type ModuleConfig = z.infer<z.ZodObject<typeof moduleFields>>;
export type ScorerConfig = SelectionConfig["scorers"][number];

/** Is there a module that chooses? */
export function hasModules({ scorers, selector }: SelectionConfig): boolean {
  return scorers.length > 0 || selector !== undefined;
}

/** Every module of the selection, scorers first. */
export function listModules({ scorers, selector }: SelectionConfig): readonly ModuleConfig[] {
  return [...scorers, ...[selector ?? []].flat()];
}
