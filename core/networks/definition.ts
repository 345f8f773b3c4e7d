import type { Definition } from "../cluster.ts";
import { Failure } from "../errors.ts";
import { findJsonObject, isNestedWithin, type JsonObject, MOST_LEVELS } from "../spec/json.ts";
import { type Network, parseNetwork } from "../spec/network.ts";
import { findRefusal, isOurs, type NodeNetwork, type Surroundings } from "./candidates.ts";

/** As long as a file of the conf folder may be. */
const MOST_CHARACTERS = 256 * 1024;

/**
 * The network that a NetworkAttachmentDefinition describes: in its `spec.config`, or, where it has none, in a file of
 * the conf folder by the object's name. Source: NPWG v1.3, §3.4.1. @param others of which it must be none.
 *
 * @throws {Failure} naming the object, and the field that is wrong.
 */
export function readDefinition(
  definition: Definition,
  around: Surroundings,
  others: readonly NodeNetwork[] = [],
): NodeNetwork {
  const file = toTitle(definition);
  const network = isConfigured(definition) ? parseDefined(definition, file) : findOnDisk(definition, around);
  const { config } = around;
  const refusal = isOurs(network, config) ? "leads back to genie" : findRefusal(network, others);
  if (refusal !== undefined) throw new Failure("invalidConfig", `${file}: ${refusal}`);
  return { file, network, definition };
}

/** Does the object have a configuration of its own? Else a file of the node has it. */
export function isConfigured({ config }: Definition): boolean {
  return config.trim() !== "";
}

function toTitle({ namespace, name }: Definition): string {
  return `NetworkAttachmentDefinition ${namespace}/${name}`;
}

/** A configuration without a name gets the object's. Source: NPWG v1.3, §3.4.2. */
function parseDefined({ name, config }: Definition, file: string): Network {
  if (config.length > MOST_CHARACTERS) {
    throw new Failure("invalidConfig", `${file}: spec.config has more than ${MOST_CHARACTERS} characters`);
  }
  const described = findJsonObject(config);
  if (described === undefined) {
    throw new Failure("invalidConfig", `${file}: spec.config is not the text of a JSON object`);
  }
  if (!isNestedWithin(described, MOST_LEVELS)) {
    throw new Failure("invalidConfig", `${file}: spec.config is nested deeper than ${MOST_LEVELS} levels`);
  }
  const named = (described["name"] ?? "") === "" ? { ...described, name } : described;
  try {
    return parseNetwork(JSON.stringify(named));
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, `${file}: spec.config: ${error.message}`, { cause: error });
  }
}

/** A list by this name, and otherwise a single configuration. */
function findOnDisk({ name, ...definition }: Definition, { folder }: Surroundings): Network {
  const described = folder.files.flatMap(({ text }) => {
    const file = findJsonObject(text);
    return file !== undefined && file["name"] === name ? [{ file, text }] : [];
  });
  const found = described.find(({ file }) => isList(file)) ?? described[0];
  if (found !== undefined) return parseNetwork(found.text, folder.pluginFilesByNetwork);
  throw new Failure(
    "unknownNetwork",
    `${toTitle({ name, ...definition })} has no spec.config, and no file of the conf folder has the name ${name}`,
  );
}

function isList(file: JsonObject): boolean {
  return "plugins" in file || !("type" in file);
}
