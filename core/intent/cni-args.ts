import { Failure } from "../errors.ts";
import { toArgMap } from "../spec/environment.ts";
import { findJson, findJsonObject } from "../spec/json.ts";
import { requireOneWord } from "./one-word.ts";
import { isWishKey } from "./wish-keys.ts";

/** All of a pod's annotations as one JSON object of texts, as CNI-Genie and Virtlet have it. */
const ALL_ANNOTATIONS = "K8S_ANNOT";

/**
 * The wishes in CNI_ARGS: those in `K8S_ANNOT`, or else each under its own key, such as `cni=blue`. Nomad's jobs,
 * podman and people with a terminal can say them so.
 *
 * @returns undefined where there are none.
 * @throws {Failure} invalidConfig when `K8S_ANNOT` isn't an object of texts, invalidEnvironment for two words of one key.
 */
export function findArgsWishes(args: string): ReadonlyMap<string, string> | undefined {
  requireOneWord(args, isOurs, "which networks it is to get");
  const valueByKey = toArgMap(args);
  const all = valueByKey.get(ALL_ANNOTATIONS) ?? "";
  if (all !== "") return parseAnnotations(all);
  const wishes = [...valueByKey].filter(([key]) => isWishKey(key));
  return wishes.length === 0 ? undefined : new Map(wishes);
}

/**
 * CNI_ARGS as delegates get it: without what is said to genie. Plugins of the reference library refuse keys that they
 * don't know, and values with a `=`, which JSON and lists of networks may have. Source: pkg/types/args.go, `LoadArgs`.
 */
export function withoutWishes(args: string): string {
  const isForUs = (pair: string): boolean => isOurs(pair.split("=", 1)[0] ?? "");
  const pairs = args.split(";");
  return pairs.some(isForUs) ? pairs.filter((pair) => !isForUs(pair)).join(";") : args;
}

function isOurs(key: string): boolean {
  return key === ALL_ANNOTATIONS || isWishKey(key);
}

function parseAnnotations(json: string): ReadonlyMap<string, string> {
  const annotations = findJson(json) === null ? {} : findJsonObject(json); // null is how Go writes an empty map
  if (annotations === undefined) {
    throw new Failure("invalidConfig", `CNI_ARGS, ${ALL_ANNOTATIONS}: must be a JSON object`, {
      details: "in CNI_ARGS, every ';' ends a value: write it as \\u003b",
    });
  }
  return new Map(Object.entries(annotations).map(([key, value]) => [key, parseText(key, value)]));
}

const SHOWN = 128;

function parseText(key: string, value: unknown): string {
  if (typeof value === "string") return value;
  const shown = JSON.stringify(key.slice(0, SHOWN));
  throw new Failure("invalidConfig", `CNI_ARGS, ${ALL_ANNOTATIONS}, ${shown}: must be a text`);
}
