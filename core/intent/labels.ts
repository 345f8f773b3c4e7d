import type { Config } from "../config.ts";
import { isJsonObject } from "../spec/json.ts";

/**
 * The pod's labels, where its runtime hands them over: `args.cni.labels`, a list of keys and values. What isn't of
 * that form is passed over, since labels only inform modules. Source: CNI CONVENTIONS.md, "args in network config".
 */
export function readLabels({ args }: Pick<Config, "args">): ReadonlyMap<string, string> {
  const handed = args?.["cni"];
  const labels: unknown = isJsonObject(handed) ? handed["labels"] : undefined;
  return new Map((Array.isArray(labels) ? labels : []).flatMap(toPair));
}

function toPair(label: unknown): [string, string][] {
  if (!isJsonObject(label)) return [];
  const { key, value } = label;
  return typeof key === "string" && typeof value === "string" ? [[key, value]] : [];
}
