import { isDeepStrictEqual } from "node:util";
import { findJsonObject, isJsonObject, isNestedWithin, MOST_LEVELS } from "../../core/spec/json.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { type Descriptor, findDescriptor, toDescriptor } from "../artifact/descriptor.ts";
import { type Digest, isDigest } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import type { SignatureLayer } from "./sign-plan.ts";
import { SIMPLE_SIGNING } from "./simple-signing.ts";

/** Of each format that are read. Whoever may push can add more. */
export const MAX_SIGNATURES = 64;
const IMAGE_CONFIG = "application/vnd.oci.image.config.v1+json";
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
  const descriptor = findDescriptor(value);
  if (descriptor === undefined || descriptor.size > MAX_SIGNATURE_BYTES) return undefined;
  const annotations = isJsonObject(value) ? value["annotations"] : undefined;
  return isNestedWithin(annotations, MOST_LEVELS) ? { ...descriptor, annotations } : undefined;
}

/**
 * The manifest under a tag for signatures with one layer more, and its config; undefined when it has the layer already.
 * @throws {RegistryFailure} badManifest when something else is there, tooLarge when there are too many already
 */
export function addLayer(
  present: Uint8Array | undefined,
  { payload, annotations }: SignatureLayer,
  tag: string,
): { manifest: Buffer; config: Buffer } | undefined {
  const layer = { ...toDescriptor(SIMPLE_SIGNING, payload), annotations };
  const parts = present === undefined ? { layers: [] } : parseParts(present);
  if (typeof parts === "string")
    throw new RegistryFailure("badManifest", `what is at the tag ${tag} can't be added to: ${parts}`);
  const { layers } = parts;
  if (layers.some((each) => isDeepStrictEqual(each, layer))) return undefined;
  if (layers.length >= MAX_SIGNATURES)
    throw new RegistryFailure("tooLarge", `the tag ${tag} holds ${layers.length} signatures already`, {
      todo: "delete the tag, and sign again with each key that counts",
    });
  const all = [...layers, layer];
  const config = Buffer.from(JSON.stringify(planConfig(all)));
  const manifest = {
    schemaVersion: 2,
    mediaType: MEDIA_TYPE.manifest,
    config: toDescriptor(IMAGE_CONFIG, config),
    layers: all,
  };
  return { config, manifest: Buffer.from(JSON.stringify(manifest)) };
}

/** As cosign writes it, which takes signatures for an image. */
function planConfig(layers: readonly Pick<Part, "digest">[]) {
  const created = "0001-01-01T00:00:00Z";
  return {
    architecture: "",
    created,
    history: layers.map(() => ({ created })),
    os: "",
    rootfs: { type: "layers", diff_ids: layers.map(({ digest }) => digest) },
    config: {},
  };
}
