import { isUtf8 } from "node:buffer";
import { realpath, stat } from "node:fs/promises";
import { createScanner, type JSONPath, parse, type ParseError, printParseErrorCode } from "jsonc-parser";
import { DEFAULT_MODULE_STORE, DEFAULT_TRUST_POLICY } from "../../core/config.ts";
import { Failure } from "../../core/errors.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import { findJsonObject, isJsonObject, type JsonObject, toFieldName } from "../../core/spec/json.ts";
import { readInput } from "./input-file.ts";
import { writeOutput } from "./output-file.ts";

/** A configuration of genie in a .conf or a .conflist, comments allowed. */
export interface ConfigFile {
  readonly file: string;
  readonly text: string;
  /** Where the `genie` block is, or would be. */
  readonly genieAt: JSONPath;
  readonly moduleStore: string;
  readonly trustPolicy: string;
  readonly slots: readonly ModuleSlot[];
}

/** A place that names a module. */
export interface ModuleSlot {
  /** The configuration's file, or a policy of the cluster: `SelectionPolicy tenants`. */
  readonly owner: string;
  readonly at: JSONPath;
  readonly kind: ModuleKind;
  readonly reference: string;
  /** As they stand there; `{}` where none do. */
  readonly settings: unknown;
}

export const MAX_CONFIG_BYTES = 4 * 2 ** 20;
const BYTE_ORDER_MARK = "\uFEFF";
/** jsonc-parser calls itself for each list or object within another. */
const MAX_DEPTH = 256;

/** @throws {Failure} ioFailure, decodingFailure, invalidConfig */
export async function readConfigFile(file: string): Promise<ConfigFile> {
  const text = (await readInput(file, MAX_CONFIG_BYTES)).toString("utf8");
  return parseConfigFile(file, text);
}

/** The store that is named, or that of the configuration that is named, or the usual one. @throws as readConfigFile */
export async function findStore({ store, config }: { store?: string; config?: string }): Promise<string> {
  if (store !== undefined) return store;
  return config === undefined ? DEFAULT_MODULE_STORE : (await readConfigFile(config)).moduleStore;
}

/** @throws {Failure} decodingFailure, invalidConfig */
export function parseConfigFile(file: string, text: string): ConfigFile {
  const found = findConfig(file, text);
  if (found !== undefined) return found;
  throw new Failure("invalidConfig", `${file} has no plugin of type genie`, {
    details: "name genie's own configuration",
  });
}

/** Undefined for a configuration in which there is no genie. @throws {Failure} decodingFailure, invalidConfig */
export function findConfig(file: string, text: string): ConfigFile | undefined {
  if (text.startsWith(BYTE_ORDER_MARK)) {
    throw new Failure(
      "decodingFailure",
      `${file} begins with a byte order mark, which container runtimes don't read`,
      {
        details: "save it as UTF-8 without one",
      },
    );
  }
  checkDepth(file, text);
  const errors: ParseError[] = [];
  const root: unknown = parse(text, errors, { allowTrailingComma: true });
  const [error] = errors;
  if (error !== undefined) {
    const line = text.slice(0, error.offset).split("\n").length;
    throw new Failure("decodingFailure", `${file}:${line} is not JSON`, {
      details: `mend that line (${printParseErrorCode(error.error)})`,
    });
  }
  const found = findPlugin(root);
  if (found === undefined) return undefined;
  const { plugin, at } = found;
  const genieAt = [...at, "genie"];
  const genie = isJsonObject(plugin["genie"]) ? plugin["genie"] : {};
  const { moduleStore, trust } = genie;
  const trustPolicy = isJsonObject(trust) ? trust["policy"] : undefined;
  return {
    file,
    text,
    genieAt,
    moduleStore: typeof moduleStore === "string" ? moduleStore : DEFAULT_MODULE_STORE,
    trustPolicy: typeof trustPolicy === "string" ? trustPolicy : DEFAULT_TRUST_POLICY,
    slots: listSlots(genie, [...genieAt, "selection"], file),
  };
}

/** What jsonc-parser reads and a container runtime doesn't; undefined where both read the file. */
export function findSyntaxFault({ file, text }: Pick<ConfigFile, "file" | "text">): string | undefined {
  if (findJsonObject(text) !== undefined) return undefined;
  return `${file} has comments or trailing commas, which container runtimes don't read`;
}

/** Counts too much rather than too little where brackets don't match. */
function checkDepth(file: string, text: string): void {
  const scanner = createScanner(text, true);
  const closers: string[] = [];
  for (scanner.scan(); scanner.getTokenOffset() < text.length; scanner.scan()) {
    const token = text[scanner.getTokenOffset()];
    if (token === "[") closers.push("]");
    else if (token === "{") closers.push("}");
    else if (token === closers.at(-1)) closers.pop();
    if (closers.length <= MAX_DEPTH) continue;
    throw new Failure("decodingFailure", `${file} is nested more than ${MAX_DEPTH} levels deep`, {
      details: "name genie's own configuration",
    });
  }
}

/** Puts new text in the file's place in one step, with the mode and owner that it had. A link stays a link. */
export async function replaceConfigFile({ file, text }: ConfigFile, next: string): Promise<void> {
  const now = await readInput(file, MAX_CONFIG_BYTES);
  if (!isUtf8(now)) {
    throw new Failure(
      "decodingFailure",
      `${file} isn't UTF-8 throughout, and can't be written again as it is`,
      {
        details: "save it as UTF-8",
      },
    );
  }
  if (now.toString("utf8") !== text) {
    throw new Failure("tryAgainLater", `${file} was changed by someone else meanwhile`, {
      details: "try again",
    });
  }
  const target = await realpath(file);
  const { mode, uid, gid } = await stat(target);
  await writeOutput(target, Buffer.from(next), { mode: mode & 0o7777, owner: { uid, gid } });
}

function findPlugin(root: unknown): { plugin: JsonObject; at: JSONPath } | undefined {
  const isGenie = (value: unknown): value is JsonObject => {
    return isJsonObject(value) && (value["type"] === "genie" || isJsonObject(value["genie"]));
  };
  if (isGenie(root)) return { plugin: root, at: [] };
  const plugins: unknown[] = isJsonObject(root) && Array.isArray(root["plugins"]) ? root["plugins"] : [];
  const index = plugins.findIndex(isGenie);
  const plugin = plugins[index];
  return isGenie(plugin) ? { plugin, at: ["plugins", index] } : undefined;
}

function listSlots(genie: JsonObject, at: JSONPath, file: string): ModuleSlot[] {
  const selection = isJsonObject(genie["selection"]) ? genie["selection"] : {};
  const places = [
    ...listPlaces(selection["scorers"], { at: [...at, "scorers"], kind: "scorer" }),
    ...listPlaces(selection["selector"], { at: [...at, "selector"], kind: "selector" }),
  ];
  return places.map(({ value, at: place, kind }) => {
    const { module: reference, settings = {} } = isJsonObject(value) ? value : {};
    if (typeof reference === "string")
      return { owner: file, at: [...place, "module"], kind, reference, settings };
    throw new Failure("invalidConfig", `${file}: ${toFieldName([...place, "module"])} is missing`);
  });
}

function listPlaces(list: unknown, { at, kind }: Pick<ModuleSlot, "at" | "kind">) {
  const values: unknown[] = Array.isArray(list) ? list : list === undefined ? [] : [list];
  return values.map((value, index) => ({ value, at: Array.isArray(list) ? [...at, index] : at, kind }));
}
