import { Failure } from "../errors.ts";
import { findJsonObject, isJsonObject, type JsonObject } from "./json.ts";

/** A network as a configuration file describes it. A single conf is a list of one from here on. */
export interface Network {
  readonly name: string;
  /** What the delegates are spoken to in. */
  readonly cniVersion: string;
  /** The chain in the order of ADD, each plugin's configuration as it was written. */
  readonly plugins: readonly PluginConfig[];
}

export interface PluginConfig {
  /** Base name of the executable. */
  readonly type: string;
  readonly config: JsonObject;
}

/** What CNI-Genie fills in for a delegate's configuration without cniVersion. Source: genie-controller.go. */
const ASSUMED_VERSION = "0.3.0";

const NAME = /^[a-zA-Z0-9][\w.-]{0,127}$/;
const PLUGIN_TYPE = /^(?!\.\.?$)[^/\0]{1,255}$/;

/**
 * Reads a conf or a conflist.
 *
 * @throws {Failure} decodingFailure for what isn't a JSON object, invalidConfig naming the field.
 */
export function parseNetwork(text: string): Network {
  const file = findJsonObject(text);
  if (file === undefined) throw new Failure("decodingFailure", "not a JSON object");
  const { name, cniVersion } = file;
  if (typeof name !== "string" || !NAME.test(name)) {
    throw new Failure("invalidConfig", "name is missing or malformed");
  }
  if (cniVersion !== undefined && typeof cniVersion !== "string") {
    throw new Failure("invalidConfig", "cniVersion is not a text");
  }
  const list = "plugins" in file ? file["plugins"] : [file];
  if (!Array.isArray(list) || list.length === 0) throw new Failure("invalidConfig", "plugins is empty");
  return { name, cniVersion: cniVersion ?? ASSUMED_VERSION, plugins: list.map(parsePlugin) };
}

function parsePlugin(config: unknown, index: number): PluginConfig {
  const type = isJsonObject(config) ? config["type"] : undefined;
  if (!isJsonObject(config) || typeof type !== "string" || !PLUGIN_TYPE.test(type)) {
    throw new Failure("invalidConfig", `plugins[${index}].type is missing or malformed`);
  }
  return { type, config };
}
