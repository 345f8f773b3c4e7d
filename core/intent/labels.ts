import type { Config } from "../config.ts";
import { isJsonObject } from "../spec/json.ts";

/**
 * The pod's labels, where its runtime hands any over: `args.cni.labels`, a list of keys and values. What isn't of
 * that form is passed over, since labels only inform modules. Source: CNI CONVENTIONS.md, "args in network config".
 */
export function findLabels({ args }: Pick<Config, "args">): ReadonlyMap<string, string> | undefined {
  const handed = args?.["cni"];
  const labels: unknown = isJsonObject(handed) ? handed["labels"] : undefined;
  const pairs = (Array.isArray(labels) ? labels : []).flatMap(toPair);
  return pairs.length === 0 ? undefined : new Map(pairs);
}

function toPair(label: unknown): [string, string][] {
  if (!isJsonObject(label)) return [];
  const { key, value } = label;
  return typeof key === "string" && typeof value === "string" ? [[key, value]] : [];
}
