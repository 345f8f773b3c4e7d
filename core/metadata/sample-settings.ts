import type { SettingsSchema } from "./settings-schema.ts";

/** Settings that a schema allows: what it requires, with its defaults where it has some. */
export function makeSampleSettings(schema: SettingsSchema | undefined): Readonly<Record<string, unknown>> {
  const { properties = {}, required = [] } = schema ?? {};
  return Object.fromEntries(required.map((name) => [name, makeValue(properties[name] ?? {})]));
}

function makeValue(schema: SettingsSchema): unknown {
  if (schema.default !== undefined) return schema.default;
  if (schema.const !== undefined) return schema.const;
  if (schema.enum !== undefined) return schema.enum[0];
  switch (schema.type) {
    case "object":
      return makeSampleSettings(schema);
    case "array":
      return Array.from({ length: schema.minItems ?? 0 }, () => makeValue(schema.items ?? {}));
    case "integer":
    case "number":
      return makeNumber(schema);
    case "boolean":
      return false;
    case "null":
      return null;
    case "string":
    case undefined:
      return "sample";
  }
}

/** 1 where it is allowed, otherwise a number at an edge or between them. */
function makeNumber({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: SettingsSchema): number {
  const [low = -Infinity, high = Infinity] = [minimum ?? exclusiveMinimum, maximum ?? exclusiveMaximum];
  const isAllowed = (value: number) =>
    value >= (minimum ?? -Infinity) &&
    value <= (maximum ?? Infinity) &&
    value > (exclusiveMinimum ?? -Infinity) &&
    value < (exclusiveMaximum ?? Infinity);
  return [1, low, low + 1, high, high - 1, (low + high) / 2].find(isAllowed) ?? 1;
}
