import type { JSONPath } from "jsonc-parser";
import { Failure } from "../../core/errors.ts";
import type { ModuleKind } from "../../core/select/request.ts";
import type { Digest } from "../../registry/digest.ts";
import { formatReference, pinReference, type Reference } from "../../registry/reference.ts";
import type { ConfigFile } from "./config-file.ts";
import { addValue, replaceText } from "./json-edit.ts";
import { parseSlot } from "./module-place.ts";

/** One place that should name a module by digest. */
export interface Pin {
  readonly at: JSONPath;
  /** Undefined where the configuration didn't name this module yet. */
  readonly old: string | undefined;
  /** What is to be pinned there. */
  readonly reference: Reference;
}

/** Every module that the configuration names. @throws {RegistryFailure} invalidReference, naming file and field */
export function planPins(config: ConfigFile): Pin[] {
  return config.slots.map((slot) => ({
    at: slot.at,
    old: slot.reference,
    reference: parseSlot(slot),
  }));
}

/** The places that name this repository already, whatever tag or digest they have. */
export function planRepins(config: ConfigFile, reference: Reference): Pin[] {
  const same = ({ host, repository }: Reference) =>
    host === reference.host && repository === reference.repository;
  return planPins(config).flatMap((pin) => (same(pin.reference) ? [{ ...pin, reference }] : []));
}

/** A place for a module that isn't named yet. @throws {Failure} invalidConfig when there is a selector already */
export function planAddition(config: ConfigFile, reference: Reference, kind: ModuleKind): Pin {
  const taken = config.slots.filter((slot) => slot.kind === kind);
  const selectionAt = [...config.genieAt, "selection"];
  if (kind === "scorer")
    return { at: [...selectionAt, "scorers", taken.length, "module"], old: undefined, reference };
  const [selector] = taken;
  if (selector === undefined)
    return { at: [...selectionAt, "selector", "module"], old: undefined, reference };
  throw new Failure("invalidConfig", `${config.file} has another selector, ${selector.reference}`, {
    details: "remove it first, or make a list of both by hand, of which one enforces",
  });
}

/** What the configuration should say there: one that is pinned already stays as it is written. */
export function toPinned({ old, reference }: Pin, digest: Digest, keepTag: boolean): string {
  if (old !== undefined && reference.digest === digest && old === formatReference(reference)) return old;
  return keepTag ? formatReference({ ...reference, digest }) : pinReference(reference, digest);
}

/** The configuration's text with one module pinned; every other byte stays. */
export function applyPin(text: string, { at, old }: Pin, module: string): string {
  if (old === module) return text;
  if (old !== undefined) return replaceText(text, at, module);
  const isFirstScorer = at.at(-2) === 0;
  if (isFirstScorer) return addValue(text, at.slice(0, -2), [{ module, weight: 1 }]);
  return addValue(text, at.slice(0, -1), at.includes("scorers") ? { module, weight: 1 } : { module });
}
