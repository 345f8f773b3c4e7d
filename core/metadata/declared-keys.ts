import { findJsonObject } from "../spec/json.ts";
import { declaredKeys, MOST_KEYS, type PodKeys } from "../select/pod-keys.ts";
import { BinaryError } from "../wasm/binary.ts";
import { listMetadataTexts, MAX_METADATA_BYTES } from "../wasm/metadata-section.ts";

/**
 * The labels and annotations that a component asks to see. All of its metadata that an ADD reads, so that a schema
 * that is wrong or hostile costs it nothing; where this can't be read, the module sees none.
 */
export function readDeclaredKeys(component: Uint8Array): PodKeys {
  const { labels, annotations } = findJsonObject(findOnlyText(component)) ?? {};
  return { labels: toKeys(labels), annotations: toKeys(annotations) };
}

function findOnlyText(component: Uint8Array): string {
  try {
    const [text = "", ...more] = listMetadataTexts(component);
    return more.length === 0 && Buffer.byteLength(text) <= MAX_METADATA_BYTES ? text : "";
  } catch (error) {
    if (error instanceof BinaryError) return "";
    throw error;
  }
}

function toKeys(value: unknown): readonly string[] {
  // The schema would look at every key before it counts them.
  if (!Array.isArray(value) || value.length > MOST_KEYS) return [];
  return declaredKeys.safeParse(value).data ?? [];
}
