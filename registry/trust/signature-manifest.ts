import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import type { Descriptor } from "../artifact.ts";
import { type Digest, isDigest } from "../digest.ts";

/** Of each format that are read. Whoever may push can add more. */
export const MAX_SIGNATURES = 64;
const MAX_SIGNATURE_BYTES = 64 * 2 ** 10;

/** What a manifest that holds signatures names. */
export interface Parts {
  readonly config: Part;
  readonly layers: readonly Part[];
  /** What it refers to. */
  readonly about: Digest | undefined;
}

/** A layer, or the config. */
export type Part = Descriptor & { readonly annotations: unknown };

/** What a manifest names, or why it's none that holds signatures. */
export function parseParts(bytes: Uint8Array): Parts | string {
  const manifest = findJsonObject(new TextDecoder().decode(bytes));
  if (manifest === undefined || !Array.isArray(manifest["layers"])) return "it is no manifest";
  const { config, subject } = manifest;
  const named: unknown[] = [config, ...manifest["layers"]];
  if (named.length > MAX_SIGNATURES + 1) return `it has more than ${MAX_SIGNATURES} layers`;
  const [first, ...layers] = named.flatMap((part) => findPart(part) ?? []);
  if (first === undefined || layers.length !== named.length - 1) return "it names parts that can't be read";
  const about = isJsonObject(subject) && isDigest(subject["digest"]) ? subject["digest"] : undefined;
  return { config: first, layers, about };
}

function findPart(value: unknown): Part | undefined {
  if (!isJsonObject(value)) return undefined;
  const { mediaType, digest, size, annotations }: JsonObject = value;
  if (typeof mediaType !== "string" || !isDigest(digest)) return undefined;
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return undefined;
  if (size > MAX_SIGNATURE_BYTES) return undefined;
  return { mediaType, digest, size, annotations };
}
