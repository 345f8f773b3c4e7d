import { isDeepStrictEqual } from "node:util";
import { isJsonObject, type JsonObject, toFieldName } from "../spec/json.ts";
import { suggestKey } from "../strict-object.ts";
import type { SettingsSchema, SettingsType } from "./settings-schema.ts";

/** Enough to act on. */
const MOST_FAULTS = 16;

/** An allowed value may be long, and comes from a module. */
const MOST_CHARACTERS = 200;

const IS_BY_TYPE: Readonly<Record<SettingsType, (value: unknown) => boolean>> = {
  object: isJsonObject,
  array: Array.isArray,
  string: (value) => typeof value === "string",
  number: (value) => typeof value === "number",
  integer: Number.isInteger,
  boolean: (value) => typeof value === "boolean",
  null: (value) => value === null,
};

const WORDS_BY_TYPE: Readonly<Record<SettingsType, string>> = {
  object: "an object",
  array: "a list",
  string: "a text",
  number: "a number",
  integer: "a whole number",
  boolean: "true or false",
  null: "null",
};

type Path = readonly (string | number)[];

/** What in these settings isn't as the schema wants it, a field each: `settings.rejectAt: must be a number`. */
export function listSettingsFaults(schema: SettingsSchema, settings: unknown): readonly string[] {
  const faults: string[] = [];
  // Not spread: a schema of 64 KiB can find a hundred million.
  for (const fault of listFaults(schema, settings, ["settings"])) {
    faults.push(fault);
    if (faults.length === MOST_FAULTS) break;
  }
  return faults;
}

function* listFaults(schema: SettingsSchema, value: unknown, path: Path): Generator<string, void> {
  const wanted = findWanted(schema, value);
  if (wanted !== undefined) yield `${toFieldName(path)}: must be ${wanted}`;
  else if (isJsonObject(value)) yield* listMemberFaults(schema, value, path);
  else if (Array.isArray(value)) yield* listItemFaults(schema, value, path);
}

/** What the value itself should be; undefined when it is that. */
function findWanted(schema: SettingsSchema, value: unknown): string | undefined {
  const { type, enum: allowed, const: only } = schema;
  if (type !== undefined && !IS_BY_TYPE[type](value)) return WORDS_BY_TYPE[type];
  if (only !== undefined && !isSame(value, only)) return toText([only]);
  if (allowed !== undefined && !allowed.some((each) => isSame(value, each))) {
    return allowed.length === 1 ? toText(allowed) : `one of ${toText(allowed)}`;
  }
  return typeof value === "number" ? findWantedNumber(schema, value) : undefined;
}

function isSame(value: unknown, other: unknown): boolean {
  return value === other || (typeof value === "object" && isDeepStrictEqual(value, other));
}

function findWantedNumber(schema: SettingsSchema, value: number): string | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const { exclusiveMinimum = -Infinity, exclusiveMaximum = Infinity } = schema;
  if (value < minimum) return `at least ${minimum}`;
  if (value > maximum) return `at most ${maximum}`;
  if (value <= exclusiveMinimum) return `more than ${exclusiveMinimum}`;
  return value >= exclusiveMaximum ? `less than ${exclusiveMaximum}` : undefined;
}

function* listMemberFaults(schema: SettingsSchema, value: JsonObject, path: Path): Generator<string, void> {
  const { properties = {}, required = [], additionalProperties } = schema;
  for (const name of required) {
    if (!Object.hasOwn(value, name)) yield `${toFieldName([...path, name])}: is missing`;
  }
  for (const [name, member] of Object.entries(value)) {
    const inner = Object.hasOwn(properties, name) ? properties[name] : additionalProperties;
    if (inner === false) yield `${toFieldName(path)}: ${suggestKey(name, Object.keys(properties))}`;
    else if (inner !== undefined) yield* listFaults(inner, member, [...path, name]);
  }
}

function* listItemFaults(
  schema: SettingsSchema,
  value: readonly unknown[],
  path: Path,
): Generator<string, void> {
  const { items, minItems = 0, maxItems = Infinity } = schema;
  if (value.length < minItems) yield `${toFieldName(path)}: must have at least ${minItems} items`;
  if (value.length > maxItems) yield `${toFieldName(path)}: must have at most ${maxItems} items`;
  if (items === undefined) return;
  for (const [at, item] of value.entries()) yield* listFaults(items, item, [...path, at]);
}

function toText(values: readonly unknown[]): string {
  const text = values.map((value) => JSON.stringify(value)).join(", ");
  return text.length > MOST_CHARACTERS ? `${text.slice(0, MOST_CHARACTERS)}…` : text;
}
