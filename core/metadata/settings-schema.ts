import * as z from "zod";
import { strict } from "../strict-object.ts";
import { listSettingsFaults } from "./settings-faults.ts";

/** The part of JSON Schema that describes settings. Nothing in it costs more than reading the value once. */
export interface SettingsSchema {
  readonly type?: SettingsType | undefined;
  readonly title?: string | undefined;
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, SettingsSchema>> | undefined;
  readonly required?: readonly string[] | undefined;
  /** Of the members that `properties` doesn't name; absent: any value. */
  readonly additionalProperties?: false | SettingsSchema | undefined;
  readonly items?: SettingsSchema | undefined;
  readonly enum?: readonly unknown[] | undefined;
  readonly const?: unknown;
  readonly minimum?: number | undefined;
  readonly maximum?: number | undefined;
  readonly exclusiveMinimum?: number | undefined;
  readonly exclusiveMaximum?: number | undefined;
  readonly minItems?: number | undefined;
  readonly maxItems?: number | undefined;
}

const SETTINGS_TYPES = ["object", "array", "string", "number", "integer", "boolean", "null"] as const;
export type SettingsType = (typeof SETTINGS_TYPES)[number];

const inner = z.lazy(() => settingsSchema);
const memberName = z.string().max(128);
const count = z.number().int().min(0).optional();

/** Recursive: a value must be known to be shallow before it is read with this. */
export const settingsSchema: z.ZodType<SettingsSchema> = strict({
  type: z.enum(SETTINGS_TYPES).optional(),
  title: z.string().optional(),
  description: z.string().optional(),
  default: z.json().optional(),
  properties: z.record(memberName, inner).optional(),
  required: z.array(memberName).optional(),
  additionalProperties: z.union([z.literal(false), inner]).optional(),
  items: inner.optional(),
  enum: z.array(z.json()).min(1).max(64).optional(),
  const: z.json().optional(),
  minimum: z.number().optional(),
  maximum: z.number().optional(),
  exclusiveMinimum: z.number().optional(),
  exclusiveMaximum: z.number().optional(),
  minItems: count,
  maxItems: count,
}).superRefine((schema, context) => {
  if (schema.default === undefined) return;
  for (const fault of listSettingsFaults(schema, schema.default)) {
    context.addIssue({ code: "custom", path: ["default"], message: `doesn't fit: ${fault}` });
  }
});
