import { Failure } from "../../core/errors.ts";
import { findOwn, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { ANSWER_VERSION } from "../../core/spec/versions.ts";
import { CNI_GENIE_KEYS } from "./cni-genie.ts";
import { MULTUS_KEYS } from "./multus.ts";
import type { Converted, Fate, KeyRule, NewConf } from "./rule.ts";

export const SOURCES = ["cni-genie", "multus"] as const;
export type Source = (typeof SOURCES)[number];

const RULES: Readonly<Record<Source, readonly KeyRule[]>> = {
  "cni-genie": CNI_GENIE_KEYS,
  multus: MULTUS_KEYS,
};

const TYPES: Readonly<Record<string, Source>> = {
  genie: "cni-genie",
  multus: "multus",
  "multus-shim": "multus",
};

/** What genie passes on where plugins declare it, and the way of annotations. */
const CAPABILITIES = {
  portMappings: true,
  bandwidth: true,
  ips: true,
  mac: true,
  "io.kubernetes.cri.pod-annotations": true,
};

/** What runtimes want of a file, and Multus' daemon needn't have. */
const REQUIRED = { cniVersion: ANSWER_VERSION, name: "genie" };

/** What was done with one key. */
export interface Note {
  readonly key: string;
  readonly fate: Fate | "unknown";
  readonly words: string;
}

export interface Migration {
  readonly source: Source;
  /** Genie's own configuration: a conf, or a conflist where it was one. */
  readonly config: JsonObject;
  /** Further files of `genie.confDir`. */
  readonly files: readonly NewConf[];
  readonly notes: readonly Note[];
}

/**
 * The configuration of CNI-Genie or Multus as one of genie's. What nobody knows stays as it is and is noted.
 *
 * @param source where the configuration doesn't say it: of Multus' daemon
 * @throws {Failure} invalidConfig for a configuration of neither, and for a value of another type than its key has
 */
export function planMigration(file: JsonObject, source?: Source): Migration {
  const { plugins } = file;
  if (!Array.isArray(plugins)) {
    const own = migratePlugin(file, source ?? requireSource(file));
    return { ...own, config: { ...REQUIRED, ...own.config } };
  }
  const at = plugins.findIndex((plugin) => findSource(plugin) !== undefined);
  const plugin: unknown = plugins[at];
  if (!isJsonObject(plugin))
    throw new Failure("invalidConfig", "plugins: none is of CNI-Genie or Multus", NAME_IT);
  const own = migratePlugin(plugin, source ?? requireSource(plugin));
  return { ...own, config: { ...file, plugins: plugins.with(at, own.config) } };
}

const NAME_IT = { details: "name a configuration of type genie, multus or multus-shim, or say --from" };

function findSource(plugin: unknown): Source | undefined {
  const { type } = isJsonObject(plugin) ? plugin : {};
  return typeof type === "string" ? findOwn(TYPES, type) : undefined;
}

function requireSource(plugin: JsonObject): Source {
  const source = findSource(plugin);
  if (source !== undefined) return source;
  throw new Failure("invalidConfig", "type: is none of CNI-Genie's or Multus'", NAME_IT);
}

function migratePlugin(plugin: JsonObject, source: Source): Migration {
  const rules = RULES[source];
  const steps = listKeys(plugin, rules).map((setting) => migrateKey(setting, plugin, rules));
  const { capabilities } = plugin;
  const base: JsonObject = {
    type: "genie",
    ...(source === "multus" ? { kubernetes: {} } : {}),
    capabilities: { ...CAPABILITIES, ...(isJsonObject(capabilities) ? capabilities : {}) },
  };
  return {
    source,
    config: steps.reduce((config, step) => merge(config, step.config), base),
    files: steps.flatMap(({ files = [] }) => files),
    notes: steps.map(({ note }) => note),
  };
}

interface Setting {
  readonly key: string;
  readonly value: unknown;
}

/** Each key, those of an object one by one where a rule is about one of them. */
function listKeys(plugin: JsonObject, rules: readonly KeyRule[]): readonly Setting[] {
  return Object.entries(plugin).flatMap(([key, value]): readonly Setting[] => {
    const isOuter = rules.some((rule) => rule.key.startsWith(`${key}.`));
    if (!isOuter || !isJsonObject(value) || Object.keys(value).length === 0) return [{ key, value }];
    return Object.entries(value).map(([inner, one]) => ({ key: `${key}.${inner}`, value: one }));
  });
}

function migrateKey(
  { key, value }: Setting,
  plugin: JsonObject,
  rules: readonly KeyRule[],
): Converted & { note: Note } {
  const rule = rules.find((one) => one.key === key);
  if (rule === undefined) {
    const isEmptyOuter = rules.some((one) => one.key.startsWith(`${key}.`));
    const words = isEmptyOuter ? "as it is" : "is none of its keys; it stays, and genie passes over it";
    return { config: nest(key, value), note: { key, fate: isEmptyOuter ? "kept" : "unknown", words } };
  }
  const stays = rule.fate === "kept" ? nest(key, value) : {};
  const {
    config,
    files = [],
    fate = rule.fate,
    words = rule.words,
  } = rule.convert?.(value, plugin) ?? { config: stays };
  return { config, files, note: { key, fate, words } };
}

function nest(key: string, value: unknown): JsonObject {
  const at = key.indexOf(".");
  return at < 0 ? { [key]: value } : { [key.slice(0, at)]: { [key.slice(at + 1)]: value } };
}

/** `more` wins, object by object. */
function merge(config: JsonObject, more: JsonObject): JsonObject {
  const merged = Object.entries(more).map(([key, value]) => {
    const before = Object.hasOwn(config, key) ? config[key] : undefined;
    return [key, isJsonObject(before) && isJsonObject(value) ? merge(before, value) : value];
  });
  return { ...config, ...Object.fromEntries(merged) };
}
