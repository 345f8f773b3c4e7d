import { Failure } from "../errors.ts";
import { findJsonObject, isJsonObject, type JsonObject } from "./json.ts";
import { type CniVersion, findNewestServed } from "./versions.ts";

/** A configuration file, of a network or of one of its plugins. */
export interface ConfFile {
  /** Base name, such as `10-blue.conflist`. */
  readonly name: string;
  readonly text: string;
}

/** A network as its configuration describes it. A single conf is a list of one from here on. */
export interface Network {
  readonly name: string;
  /** What the delegates are spoken to in: the newest version that the configuration offers and we serve. */
  readonly cniVersion: CniVersion;
  readonly disableCheck: boolean;
  readonly disableGC: boolean;
  /** The chain in the order of ADD, each plugin's configuration as it was written. */
  readonly plugins: readonly PluginConfig[];
}

export interface PluginConfig {
  /** Base name of the executable. */
  readonly type: string;
  readonly config: JsonObject;
}

/** What CNI-Genie fills in for a delegate's configuration without cniVersion. Source: genie-controller.go. */
const ASSUMED_VERSION = "0.3.0" satisfies CniVersion;

/**
 * Network names are file names too: those of the folders in which further plugins and addresses lie. As long as that of
 * an object, after which a configuration without a name is called. Source: libcni, `ValidateNetworkName`.
 */
export const NETWORK_NAME = /^[a-zA-Z0-9][\w.-]{0,252}$/;
const PLUGIN_TYPE = /^(?!\.\.?$)[^/\0]{1,255}$/;

/**
 * Reads a conf or a conflist, whatever its file is named; a list is followed by the plugins that lie in the folder
 * of the network's name. Source: libcni/conf.go, `NetworkConfFromFile`.
 *
 * @throws {Failure} decodingFailure for what isn't a JSON object, invalidConfig naming the field or the plugin's file.
 */
export function parseNetwork(
  text: string,
  pluginFilesByNetwork: ReadonlyMap<string, readonly ConfFile[]> = new Map(),
): Network {
  const file = findJsonObject(text);
  if (file === undefined) throw new Failure("decodingFailure", "not a JSON object");
  const name = parseName(file);
  return {
    name,
    cniVersion: negotiateVersion(file),
    disableCheck: parseFlag(file, "disableCheck"),
    disableGC: parseFlag(file, "disableGC"),
    plugins: parsePlugins(file, pluginFilesByNetwork.get(name) ?? []),
  };
}

function parseName({ name }: JsonObject): string {
  if (typeof name === "string" && NETWORK_NAME.test(name)) return name;
  throw new Failure("invalidConfig", "name is missing or malformed");
}

/** Source: SPEC.md, "Version considerations". */
function negotiateVersion({ cniVersion, cniVersions = [] }: JsonObject): CniVersion {
  if (cniVersion !== undefined && typeof cniVersion !== "string") {
    throw new Failure("invalidConfig", "cniVersion is not a text");
  }
  if (!Array.isArray(cniVersions)) throw new Failure("invalidConfig", "cniVersions is not a list");
  const offered: readonly string[] =
    cniVersion === undefined || cniVersion === "" ? cniVersions : [cniVersion, ...cniVersions];
  const at = cniVersions.findIndex((version) => typeof version !== "string");
  if (at >= 0) throw new Failure("invalidConfig", `cniVersions[${at}] is not a text`);
  if (offered.length === 0) return ASSUMED_VERSION;
  const newest = findNewestServed(offered);
  if (newest !== undefined) return newest;
  const named = offered.map((version) => JSON.stringify(version)).join(", ");
  throw new Failure("incompatibleVersion", `cniVersion ${named.slice(0, 128)} is not served`);
}

/** A boolean, or its text in any case. Source: libcni/conf.go, `readBool`. */
function parseFlag(file: JsonObject, field: string): boolean {
  const { [field]: value = false } = file;
  if (typeof value === "boolean") return value;
  const text = typeof value === "string" ? value.toLowerCase() : "";
  if (text === "true" || text === "false") return text === "true";
  throw new Failure("invalidConfig", `${field} is neither true nor false`);
}

function parsePlugins(file: JsonObject, pluginFiles: readonly ConfFile[]): readonly PluginConfig[] {
  const { name, plugins } = file;
  if (plugins === undefined && "type" in file) return [parsePlugin(file, "type")];
  const inlined = plugins === undefined ? [] : parseInlined(plugins);
  const isComplete = parseFlag(file, "loadOnlyInlinedPlugins");
  const added = isComplete
    ? []
    : pluginFiles.map((one) => parsePluginFile(one, `plugin file ${String(name)}`));
  if (inlined.length + added.length > 0) return [...inlined, ...added];
  throw new Failure("invalidConfig", "neither type nor plugins is there, and no plugin file is to be used");
}

function parseInlined(plugins: unknown): readonly PluginConfig[] {
  if (!Array.isArray(plugins) || plugins.length === 0) throw new Failure("invalidConfig", "plugins is empty");
  return plugins.map((plugin, at) => parsePlugin(plugin, `plugins[${at}].type`));
}

function parsePluginFile({ name, text }: ConfFile, folder: string): PluginConfig {
  const config = findJsonObject(text);
  if (config !== undefined) return parsePlugin(config, `${folder}/${name}: type`);
  throw new Failure("invalidConfig", `${folder}/${name}: not a JSON object`);
}

function parsePlugin(config: unknown, field: string): PluginConfig {
  if (isJsonObject(config)) {
    const { type } = config;
    if (typeof type === "string" && PLUGIN_TYPE.test(type)) return { type, config };
  }
  throw new Failure("invalidConfig", `${field} is missing or malformed`);
}
