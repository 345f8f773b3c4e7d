import type { ModuleResult } from "../../select/outcome.ts";

/**
 * Texts of a module are cut to this many UTF-16 units before they leave the guest. The host keeps at most 240 bytes, so a
 * character that is torn here doesn't get through there.
 */
export const TEXT_LIMIT = 256;

/** Holds what the glue made to a size that the host takes, whatever the module said. */
export function boundAnswer(value: unknown, maxItems: number): ModuleResult<unknown> {
  if (Array.isArray(value) && value.length <= maxItems) {
    return { outcome: "ok", value: value.map((item: unknown) => shortenTexts(Object(item))) };
  }
  return { outcome: "badAnswer", detail: "the answer is not a list, or too long" };
}

/** A copy of a flat record; what else a module of other types may have put into it is left out. */
function shortenTexts(record: object): object {
  const entries = Object.entries(record).map(([key, value]: [string, unknown]) => [key, shorten(value)]);
  return Object.fromEntries(entries) as object;
}

function shorten(value: unknown): unknown {
  if (typeof value === "string") return value.slice(0, TEXT_LIMIT);
  return typeof value === "number" ? value : undefined;
}
