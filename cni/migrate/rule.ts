import { Failure } from "../../core/errors.ts";
import type { JsonObject } from "../../core/spec/json.ts";

/** What becomes of a key of the configuration that is replaced. */
export const FATES = ["kept", "converted", "dropped", "by hand"] as const;
export type Fate = (typeof FATES)[number];

/** What genie does with one key. */
export interface KeyRule {
  /** With the key it lies in: `kubernetes.kubeconfig`. */
  readonly key: string;
  readonly fate: Fate;
  /** What genie has in its place, or why nothing. */
  readonly words: string;
  /**
   * What a value becomes, to be merged into genie's own configuration. Without it, the value stays where it is if it is
   * kept. @param plugin in which it stands.
   */
  readonly convert?: (value: unknown, plugin: JsonObject) => Converted;
}

export interface Converted {
  readonly config: JsonObject;
  /** Further files of the conf folder. */
  readonly files?: readonly NewConf[];
  /** For a value that a person has to look at, or that is as the default. */
  readonly fate?: Fate;
  readonly words?: string;
}

export interface NewConf {
  readonly name: string;
  readonly content: JsonObject;
}

/** @throws {Failure} invalidConfig, so that no value is lost for its type */
export function requireText(value: unknown, key: string): string {
  if (typeof value === "string") return value;
  throw new Failure("invalidConfig", `${key}: must be a text`, { details: "mend it, then migrate" });
}

/** @throws {Failure} invalidConfig */
export function requireList(value: unknown, key: string): readonly unknown[] {
  if (Array.isArray(value)) return value;
  throw new Failure("invalidConfig", `${key}: must be a list`, { details: "mend it, then migrate" });
}

/** @throws {Failure} invalidConfig */
export function requireFlag(value: unknown, key: string): boolean {
  if (typeof value === "boolean") return value;
  throw new Failure("invalidConfig", `${key}: must be true or false`, { details: "mend it, then migrate" });
}
