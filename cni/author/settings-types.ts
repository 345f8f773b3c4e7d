import path from "node:path";
import type { SettingsSchema } from "../../core/metadata/settings-schema.ts";

/** The first line of what geniectl makes; a file without it is somebody's own. */
export const MADE_BY = "// Made by geniectl build";

/** The file for the types of a module's settings: `settings.d.ts` of `module.ts`, `near.settings.d.ts` of `near.ts`. */
export function toSettingsFile(source: string): string {
  const { dir, name } = path.parse(source);
  return path.join(dir, name === "module" ? "settings.d.ts" : `${name}.settings.d.ts`);
}

/** The type of the settings that a schema describes, as a TypeScript declaration. */
export function formatSettingsTypes(schema: SettingsSchema): string {
  const { properties, additionalProperties } = schema;
  const isOpen = properties === undefined && additionalProperties === false;
  const declaration = isOpen
    ? "export type Settings = Record<string, never>;"
    : `export interface Settings ${formatObject(schema, "")}`;
  return `${MADE_BY} from the module's schema: changes are lost with the next one.\n\n${formatComment(schema, "")}${declaration}\n`;
}

function formatType(schema: SettingsSchema, indent: string): string {
  if (schema.const !== undefined) return formatLiteral(schema.const);
  if (schema.enum !== undefined) return schema.enum.map(formatLiteral).join(" | ");
  switch (schema.type) {
    case "object":
      return formatObject(schema, indent);
    case "array":
      return `Array<${schema.items === undefined ? "unknown" : formatType(schema.items, indent)}>`;
    case "integer":
      return "number";
    case undefined:
      return "unknown";
    case "boolean":
    case "null":
    case "number":
    case "string":
      return schema.type;
  }
}

function formatObject(schema: SettingsSchema, indent: string): string {
  const { properties = {}, required = [], additionalProperties } = schema;
  const inner = `${indent}  `;
  const members = Object.entries(properties).map(([name, member]) => {
    const mark = required.includes(name) ? "" : "?";
    return `${formatComment(member, inner)}${inner}${formatName(name)}${mark}: ${formatType(member, inner)};\n`;
  });
  // An index signature must hold for the named members, too.
  const rest = additionalProperties === undefined || members.length > 0 ? {} : additionalProperties;
  if (additionalProperties !== false)
    members.push(`${inner}[name: string]: ${formatType(rest === false ? {} : rest, inner)};\n`);
  return members.length === 0 ? "{}" : `{\n${members.join("")}${indent}}`;
}

function formatName(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : JSON.stringify(name);
}

/** Objects and lists among the allowed values are rare, and their types of little use. */
function formatLiteral(value: unknown): string {
  return typeof value === "object" && value !== null ? "unknown" : JSON.stringify(value);
}

/** What a person should know of a value: its title, description, range and default. */
function formatComment(schema: SettingsSchema, indent: string): string {
  const { title, description, minimum, maximum, exclusiveMinimum, exclusiveMaximum } = schema;
  const bounds = [
    ["at least", minimum],
    ["above", exclusiveMinimum],
    ["at most", maximum],
    ["below", exclusiveMaximum],
  ].flatMap(([word, bound]) => (bound === undefined ? [] : [`${word} ${bound}`]));
  const parts = [
    title,
    description,
    bounds.length === 0 ? undefined : bounds.join(", "),
    schema.default === undefined ? undefined : `default: ${JSON.stringify(schema.default)}`,
  ].filter((part) => part !== undefined);
  if (parts.length === 0) return "";
  const text = parts.join("; ").replaceAll("*/", "* /").replaceAll(/\s+/g, " ");
  return `${indent}/** ${text}. */\n`;
}
