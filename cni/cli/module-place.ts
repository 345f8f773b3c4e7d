import { toFieldName } from "../../core/spec/json.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { parseReference, type Reference } from "../../registry/reference.ts";
import type { ModuleSlot } from "./config-file.ts";

/** Where a module is named: `genie.conf: genie.selection.scorers[0].module`. */
export function toPlace({ owner, at }: Pick<ModuleSlot, "owner" | "at">): string {
  return `${owner}: ${toFieldName(at)}`;
}

/** @throws {RegistryFailure} invalidReference, naming owner and field */
export function parseSlot(slot: ModuleSlot): Reference {
  try {
    return parseReference(slot.reference);
  } catch (error) {
    throw withPlace(error, toPlace(slot));
  }
}

/** A failure of a registry or of the store that also names the place that asked for the module. */
export function withPlace(error: unknown, place: string): unknown {
  if (!(error instanceof RegistryFailure)) return error;
  return new RegistryFailure(error.kind, `${place}: ${error.message}`, { todo: error.todo, cause: error });
}

/** What a configuration names, as it's asked for: where there is a digest it alone counts, wherever the tag leads now. */
export function toFetched(reference: Reference): Reference {
  return reference.digest === undefined ? reference : { ...reference, tag: undefined };
}
