import type { Config } from "../config.ts";
import { readGenieIntent } from "./genie.ts";
import type { PodIntent } from "./intent.ts";

/**
 * What the pod wants, from its annotations and the admin's defaults.
 *
 * @throws {Failure} invalidConfig naming the annotation and the element.
 */
export function readIntent(annotations: ReadonlyMap<string, string>, config: Config): PodIntent {
  return readGenieIntent(annotations, config);
}
