import { toLine } from "../../core/printable.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import type { Annotations } from "./annotations.ts";

const MAX_ANNOTATIONS = 256;
const MAX_KEY_LENGTH = 256;
/** A settings schema is the longest of ours. */
const MAX_VALUE_LENGTH = 64 * 2 ** 10;

/**
 * What a manifest or a descriptor of anybody's says: the first of its annotations that are texts and not too long, each
 * as one line that steers no terminal.
 */
export function toAnnotations(value: unknown): Annotations {
  const isText = (entry: [string, unknown]): entry is [string, string] => {
    const [key, text] = entry;
    return typeof text === "string" && key.length <= MAX_KEY_LENGTH && text.length <= MAX_VALUE_LENGTH;
  };
  const texts = isJsonObject(value) ? Object.entries(value).filter(isText).slice(0, MAX_ANNOTATIONS) : [];
  return Object.fromEntries(texts.map(([key, text]) => [toLine(key), toLine(text).toWellFormed()]));
}
