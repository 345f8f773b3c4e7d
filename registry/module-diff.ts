import { isDeepStrictEqual } from "node:util";
import type { ModuleMetadata } from "../core/metadata/metadata.ts";
import type { SettingsSchema } from "../core/metadata/settings-schema.ts";
import type { ComponentShape } from "../core/wasm/component.ts";
import { findKind, findWorld } from "./artifact/module-kind.ts";

/** What of a module can be told without running it. */
export interface ModuleTraits {
  readonly shape: ComponentShape;
  readonly sizeBytes: number;
  readonly metadata: ModuleMetadata | undefined;
}

/** One thing that isn't the same; null where a module hasn't got it. */
export interface TraitChange {
  readonly where: string;
  readonly old: string | null;
  readonly now: string | null;
}

/** What differs between two modules, in the order of the things. */
export function planModuleDiff(old: ModuleTraits, now: ModuleTraits): readonly TraitChange[] {
  const [before, after] = [listTraits(old), listTraits(now)];
  const places = [...new Set([...before.keys(), ...after.keys()])];
  return places.flatMap((where) => {
    const change = { where, old: before.get(where) ?? null, now: after.get(where) ?? null };
    return change.old === change.now ? [] : [change];
  });
}

function listTraits({ shape, sizeBytes, metadata }: ModuleTraits): ReadonlyMap<string, string> {
  const { kpis, labels = [], annotations = [], description, settings } = metadata ?? {};
  return new Map([
    ["kind", findKind(shape.exports) ?? "none"],
    ["world", findWorld(shape.exports) ?? "none"],
    ["size", `${sizeBytes} bytes`],
    ...listNames("import", shape.imports),
    ...listNames("export", shape.exports),
    ...(description === undefined ? [] : [["description", description] as const]),
    ...(kpis?.optional ?? []).map((name) => [`KPI ${name}`, "optional"] as const),
    ...(kpis?.required ?? []).map((name) => [`KPI ${name}`, "required"] as const),
    ...listNames("label", labels),
    ...listNames("annotation", annotations),
    ...(settings === undefined ? [] : listSchema("settings", settings)),
  ]);
}

const listNames = (what: string, names: readonly string[]) =>
  names.map((name): [string, string] => [`${what} ${name}`, "yes"]);

/** A line for each thing that a schema says, under the setting that it says it of. */
function listSchema(where: string, schema: SettingsSchema): [string, string][] {
  const { properties = {}, items, additionalProperties, required = [], ...said } = schema;
  const own = Object.entries(said).map(([word, value]): [string, string] => [
    `${where}: ${word}`,
    JSON.stringify(value),
  ]);
  return [
    ...own,
    ...required.map((name): [string, string] => [`${where}.${name}: required`, "yes"]),
    ...Object.entries(properties).flatMap(([name, inner]) => listSchema(`${where}.${name}`, inner)),
    ...(items === undefined ? [] : listSchema(`${where}[]`, items)),
    ...listOthers(where, additionalProperties),
  ];
}

function listOthers(where: string, others: SettingsSchema | false | undefined): [string, string][] {
  if (others === undefined || isDeepStrictEqual(others, {})) return [];
  return others === false ? [[`${where}: other keys`, "refused"]] : listSchema(`${where}.*`, others);
}
