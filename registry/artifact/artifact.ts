import { BinaryError } from "../../core/wasm/binary.ts";
import { type ComponentShape, inspectComponent } from "../../core/wasm/component.ts";
import { isJsonObject } from "../../core/spec/json.ts";
import { type Annotations, OCI_ANNOTATION } from "./annotations.ts";
import { type Descriptor, formatCreated, toAnnotated, toDescriptor } from "./descriptor.ts";
import { type Digest, isDigest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseJsonObject } from "../json.ts";

/** Source: OCI image-spec; CNCF TAG Runtime, "Wasm OCI Artifact layout". */
export const MEDIA_TYPE = {
  manifest: "application/vnd.oci.image.manifest.v1+json",
  index: "application/vnd.oci.image.index.v1+json",
  config: "application/vnd.wasm.config.v0+json",
  wasm: "application/wasm",
  /** The config of an artifact that has none. */
  empty: "application/vnd.oci.empty.v1+json",
} as const;

export const MAX_MODULE_BYTES = 16 * 2 ** 20;
/** Of a manifest, and of a config. */
export const MAX_JSON_BYTES = 2 ** 20;

/** A module as registries and the store hold it: three blobs, named by the digest of the first. */
export interface Artifact {
  /** Of the manifest: the module's digest everywhere. */
  readonly digest: Digest;
  readonly manifest: Uint8Array;
  readonly config: Uint8Array;
  readonly wasm: Uint8Array;
}

export interface ArtifactManifest {
  readonly config: Descriptor;
  readonly layer: Descriptor;
}

/** The file that `oras pull` writes. The same for every module: the same bytes give the same digest. */
const FILE_NAME = "module.wasm";

interface ArtifactOptions {
  readonly created: Date;
  /** Of the manifest; see planModuleArtifact() for those of a module that is published. */
  readonly annotations?: Annotations;
}

/**
 * Lays a component out as an artifact; the same input gives the same digest everywhere. No artifactType: the layout
 * sets none.
 * @throws {RegistryFailure} notComponent, tooLarge
 */
export function planArtifact(wasm: Uint8Array, { created, annotations }: ArtifactOptions): Artifact {
  const { imports, exports } = checkComponent(wasm);
  const layer = toDescriptor(MEDIA_TYPE.wasm, wasm);
  const config = Buffer.from(
    JSON.stringify({
      created: formatCreated(created),
      architecture: "wasm",
      os: "wasip2",
      layerDigests: [layer.digest],
      component: { exports, imports },
    }),
  );
  const manifest = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: toDescriptor(MEDIA_TYPE.config, config),
      layers: [{ ...layer, ...toAnnotated({ [OCI_ANNOTATION.title]: FILE_NAME }) }],
      ...toAnnotated(annotations),
    }),
  );
  return { digest: sha256(manifest), manifest, config, wasm };
}

/**
 * What a component imports and exports; what is none is refused, saying what it is instead.
 * @throws {RegistryFailure} notComponent, tooLarge
 */
export function checkComponent(wasm: Uint8Array): ComponentShape {
  if (wasm.byteLength > MAX_MODULE_BYTES) {
    throw new RegistryFailure("tooLarge", `${wasm.byteLength} bytes are more than a module may have`);
  }
  try {
    return inspectComponent(wasm);
  } catch (cause) {
    if (!(cause instanceof BinaryError)) throw cause;
    throw new RegistryFailure("notComponent", `it ${cause.message}`, { cause });
  }
}

/** @throws {RegistryFailure} notModule, badAnswer */
export function parseManifest(bytes: Uint8Array, where: string): ArtifactManifest {
  const manifest = parseJsonObject(bytes, `the manifest of ${where}`);
  const fail = (why: string): never => {
    throw new RegistryFailure("notModule", `${where} is no wasm module: ${why}`);
  };
  if (manifest["schemaVersion"] !== 2 || manifest["mediaType"] !== MEDIA_TYPE.manifest) {
    return fail(`its manifest is ${text(manifest["mediaType"])}`);
  }
  const layers: unknown[] = Array.isArray(manifest["layers"]) ? manifest["layers"] : [];
  if (layers.length !== 1) return fail(`it has ${layers.length} layers instead of one`);
  const config = checkDescriptor(manifest["config"], MEDIA_TYPE.config, MAX_JSON_BYTES);
  if (typeof config === "string") return fail(`its config ${config}`);
  const layer = checkDescriptor(layers[0], MEDIA_TYPE.wasm, MAX_MODULE_BYTES);
  if (typeof layer === "string") return fail(`its layer ${layer}`);
  return { config, layer };
}

/** @throws {RegistryFailure} notModule when the config doesn't describe this layer as a component. */
export function parseConfig(bytes: Uint8Array, layer: Digest, where: string): ComponentShape {
  const { architecture, os, layerDigests, component } = parseJsonObject(bytes, `the config of ${where}`);
  const fail = (why: string): never => {
    throw new RegistryFailure("notModule", `${where} is no wasm module: ${why}`);
  };
  if (architecture !== "wasm" || os !== "wasip2")
    return fail(`the architecture of its config is ${text(architecture)} and the os ${text(os)}`);
  if (!Array.isArray(layerDigests) || layerDigests.length !== 1 || layerDigests[0] !== layer) {
    return fail("its config describes another layer");
  }
  if (!isJsonObject(component)) return fail("its config describes no component");
  const { imports, exports } = component;
  if (!isNameList(imports) || !isNameList(exports)) return fail("its config lists no imports and exports");
  return { imports, exports };
}

/** The descriptor, or the clause that says why it's none. */
function checkDescriptor(value: unknown, mediaType: string, maxBytes: number): Descriptor | string {
  if (!isJsonObject(value)) return "is missing";
  const { digest, size } = value;
  if (value["mediaType"] !== mediaType) return `is ${text(value["mediaType"])}`;
  if (!isDigest(digest)) return "has no sha256 digest";
  if (typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) return "has no size";
  return size > maxBytes ? `has ${size} bytes, more than ${maxBytes}` : { mediaType, digest, size };
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === "string");
}

/** A foreign value for an error: one line, bounded. Only texts are told: JSON.stringify ends on a deep list. */
function text(value: unknown): string {
  return typeof value === "string" ? JSON.stringify(value.slice(0, 100)) : `of type ${typeof value}`;
}
