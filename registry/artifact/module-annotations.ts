import { isDeepStrictEqual } from "node:util";
import { readEmbeddedMetadata } from "../../core/metadata/embedded.ts";
import { toJson, toLine } from "../../core/printable.ts";
import { findJsonObject } from "../../core/spec/json.ts";
import type { ComponentShape } from "../../core/wasm/component.ts";
import { type Annotations, MODULE_ANNOTATION, OCI_ANNOTATION } from "./annotations.ts";
import { checkComponent } from "./artifact.ts";
import { findKind, findWorld } from "./module-kind.ts";

const MAX_QUOTED_LENGTH = 100;

/** What the annotations of a module's manifest should say: what its binary says of itself, where that can be read. */
export function planModuleAnnotations(wasm: Uint8Array, shape: ComponentShape): Annotations {
  const { metadata } = readEmbeddedMetadata(wasm);
  const values = {
    [MODULE_ANNOTATION.kind]: findKind(shape.exports),
    [MODULE_ANNOTATION.world]: findWorld(shape.exports),
    [MODULE_ANNOTATION.requiredKpis]: metadata?.kpis.required.join(","),
    [MODULE_ANNOTATION.optionalKpis]: metadata?.kpis.optional.join(","),
    [MODULE_ANNOTATION.labels]: metadata?.labels.join(","),
    [MODULE_ANNOTATION.annotations]: metadata?.annotations.join(","),
    [MODULE_ANNOTATION.settingsSchema]: metadata?.settings && toJson(metadata.settings),
    [OCI_ANNOTATION.description]: metadata?.description && toLine(metadata.description).toWellFormed(),
  };
  const isSaid = (entry: [string, string | undefined]): entry is [string, string] =>
    entry[1] !== undefined && entry[1] !== "";
  return Object.fromEntries(Object.entries(values).filter(isSaid));
}

/**
 * Sentences, one for each annotation of ours that says something else than the module's binary. The binary counts.
 * @throws {RegistryFailure} notComponent, tooLarge
 */
export function listAnnotationFaults(found: Annotations, wasm: Uint8Array): string[] {
  const planned = planModuleAnnotations(wasm, checkComponent(wasm));
  return Object.values(MODULE_ANNOTATION).flatMap((key) => {
    const [told, own] = [found[key], planned[key]];
    if (told === undefined || told === own || isSameJson(told, own)) return [];
    return [`the annotation ${key} says ${quote(told)}, the module itself ${quote(own)}`];
  });
}

/** Of a schema, another publisher may write the same in another order. */
function isSameJson(one: string, other: string | undefined): boolean {
  const value = findJsonObject(one);
  return value !== undefined && other !== undefined && isDeepStrictEqual(value, findJsonObject(other));
}

function quote(text: string | undefined): string {
  return text === undefined ? "nothing" : JSON.stringify(text.slice(0, MAX_QUOTED_LENGTH));
}
