import * as z from "zod";
import { kpiName } from "../kpi/names.ts";
import { isNestedWithin, toFieldName } from "../spec/json.ts";
import { strict } from "../strict-object.ts";
import { MAX_METADATA_BYTES } from "../wasm/metadata-section.ts";
import { declaredKeys } from "../select/pod-keys.ts";
import { settingsSchema } from "./settings-schema.ts";

/** Settings may be nested half as deep: each level of theirs takes two of the schema. */
const MOST_LEVELS = 16;
const MOST_FAULTS = 16;

const kpiNames = z.array(kpiName).max(64).default([]);

const metadata = strict({
  /** One sentence for who looks for a module. */
  description: z.string().max(1000).optional(),
  /** Without a required one it can't do its work. Of others it makes use where they are there. */
  kpis: strict({ required: kpiNames, optional: kpiNames }).prefault({}),
  /** What it asks to see of the pod; it sees what the admin grants. */
  labels: declaredKeys,
  annotations: declaredKeys,
  /** Of the whole settings object. Absent: nobody but the module knows. */
  settings: settingsSchema
    .refine(({ type }) => type === "object", { path: ["type"], error: 'must be "object"' })
    .optional(),
});

/** What a module says of itself, and no host has to believe. */
export type ModuleMetadata = z.infer<typeof metadata>;

/** Nothing, where there is none; nothing but faults, where what there is can't be used. */
export interface MetadataReading {
  readonly metadata?: ModuleMetadata;
  /** A field each: `kpis.required[0]: …`. */
  readonly faults: readonly string[];
}

/** Reads metadata that anybody may have written. */
export function readMetadata(text: string): MetadataReading {
  if (Buffer.byteLength(text) > MAX_METADATA_BYTES) {
    return { faults: [`has more than ${MAX_METADATA_BYTES} bytes`] };
  }
  const value = parseJson(text);
  if (value instanceof SyntaxError) return { faults: [`is not JSON: ${value.message}`] };
  if (!isNestedWithin(value, MOST_LEVELS))
    return { faults: [`is nested more than ${MOST_LEVELS} levels deep`] };
  const parsed = metadata.safeParse(value);
  if (parsed.success) return { metadata: parsed.data, faults: [] };
  return { faults: parsed.error.issues.flatMap((issue) => toFaults(issue, [])).slice(0, MOST_FAULTS) };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return error;
    throw error;
  }
}

/** Of a union, the last member is meant: what a person writes is a schema rather than `false`. */
function toFaults(issue: z.core.$ZodIssue, base: readonly PropertyKey[]): readonly string[] {
  const path = [...base, ...issue.path];
  if (issue.code === "invalid_union") {
    const meant = issue.errors.at(-1);
    if (meant !== undefined) return meant.flatMap((inner) => toFaults(inner, path));
  }
  const where = toFieldName(path);
  return [where === "" ? issue.message : `${where}: ${issue.message}`];
}
