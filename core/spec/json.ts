export type JsonObject = Readonly<Record<string, unknown>>;

/** True for what JSON calls an object: neither a list nor null. */
export function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What `text` holds; undefined when it is not JSON. */
export function findJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** The items of what JSON calls a list; none of anything else. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** The object that `text` holds; undefined when it is not JSON, or is not an object. */
export function findJsonObject(text: string): JsonObject | undefined {
  const value = findJson(text);
  return isJsonObject(value) ? value : undefined;
}

/** `genie.selection.scorers[0].weight`, as a person would write it. */
export function toFieldName(path: readonly PropertyKey[]): string {
  return path.reduce<string>((name, key) => {
    if (typeof key === "number") return `${name}[${key}]`;
    return name === "" ? String(key) : `${name}.${String(key)}`;
  }, "");
}

/** True when lists and objects lie in each other at most this deep: who calls itself for each level may read it. */
export function isNestedWithin(value: unknown, levels: number): boolean {
  if (typeof value !== "object" || value === null) return true;
  return levels > 0 && Object.values(value).every((inner) => isNestedWithin(inner, levels - 1));
}

/** True when it is, with all that lies in it, at most so many values: telling what is wrong with each costs a lot. */
export function hasAtMost(value: unknown, most: number): boolean {
  const open = [value];
  for (let count = 1; open.length > 0; count++) {
    if (count > most) return false;
    const next = open.pop();
    if (typeof next !== "object" || next === null) continue;
    for (const inner of Object.values(next)) open.push(inner);
  }
  return true;
}

/** Deeper than anybody nests what genie reads, and as deep as it may be for who calls himself for each level. */
export const MOST_LEVELS = 256;

/** What an object has of its own under this name: a network may be called `constructor`. */
export function findOwn<T>(valueByName: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(valueByName, name) ? valueByName[name] : undefined;
}

const TOKEN = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g;

/** The first key that an object in this JSON has twice: who parses it takes the last, who reads it either. */
export function findDoubleKey(json: string): string | undefined {
  const keysAbove: Set<string>[] = [];
  let text = "";
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === "{" || token === "[") keysAbove.push(new Set());
    else if (token === "}" || token === "]") keysAbove.pop();
    else if (token !== ":") text = token;
    else {
      const key = String(JSON.parse(text)); // two ways to write one key
      if (keysAbove.at(-1)?.has(key) === true) return key;
      keysAbove.at(-1)?.add(key);
    }
  }
  return undefined;
}
