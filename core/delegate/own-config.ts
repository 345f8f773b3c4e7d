import { type Config, parseConfig, parseLenientConfig } from "../config.ts";
import { Failure } from "../errors.ts";

/** Genie's own configuration: one with mistakes in it still tells where the networks are. Undefined for what is none. */
export function findConfig(stdin: string): Config | undefined {
  for (const parse of [parseConfig, parseLenientConfig]) {
    try {
      return parse(stdin);
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
    }
  }
  return undefined;
}
