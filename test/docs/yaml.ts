import { isJsonObject } from "../../core/spec/json.ts";

/** The value as YAML in block style, keys in the order in which they are. */
export function formatYaml(value: unknown): string {
  return `${listLines(value).join("\n")}\n`;
}

function listLines(value: unknown): readonly string[] {
  if (Array.isArray(value) && value.length > 0) return value.flatMap((item) => toItem(listLines(item)));
  if (isJsonObject(value)) {
    const entries = Object.entries(value);
    if (entries.length > 0) return entries.flatMap(([key, item]) => toEntry(toScalar(key), item));
  }
  return [toScalar(value)];
}

function toItem([first = "", ...others]: readonly string[]): readonly string[] {
  return [`- ${first}`, ...others.map((line) => `  ${line}`)];
}

function toEntry(key: string, value: unknown): readonly string[] {
  const lines = listLines(value);
  const isBlock = typeof value === "object" && value !== null && Object.keys(value).length > 0;
  return isBlock ? [`${key}:`, ...lines.map((line) => `  ${line}`)] : [`${key}: ${lines[0] ?? ""}`];
}

/** Letters that mean nothing else in YAML stand as they are; JSON's texts, numbers and empty lists are YAML too. */
function toScalar(value: unknown): string {
  const isPlain =
    typeof value === "string" &&
    /^[A-Za-z][\w.\- /]*$/.test(value) &&
    !/^(y|n|yes|no|on|off|true|false|null)$/i.test(value);
  return isPlain ? value : JSON.stringify(value);
}
