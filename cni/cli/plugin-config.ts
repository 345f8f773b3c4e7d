import { findNodeAtLocation, getNodeValue, parseTree } from "jsonc-parser";
import { isJsonObject } from "../../core/spec/json.ts";
import type { ConfigFile } from "./config-file.ts";

/**
 * What a runtime hands to genie on stdin for this file: a plugin of a list gets the list's name and version.
 * Source: SPEC.md, "Deriving request configuration from plugin configuration".
 *
 * @param cniVersion in place of the file's own.
 */
export function toStdin({ text, genieAt }: ConfigFile, cniVersion?: string): string {
  const tree = parseTree(text, [], { allowTrailingComma: true });
  const root: unknown = tree && getNodeValue(tree);
  const node = tree && findNodeAtLocation(tree, genieAt.slice(0, -1));
  const plugin: unknown = node && getNodeValue(node);
  if (!isJsonObject(root) || !isJsonObject(plugin))
    throw new Error("a configuration file has lost its plugin");
  const { name, cniVersion: own } = root;
  return JSON.stringify({ ...plugin, name, cniVersion: cniVersion ?? own });
}
