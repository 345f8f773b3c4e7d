import { type MetadataReading, type ModuleMetadata, readMetadata } from "./metadata.ts";
import { BinaryError, readSections, type Section, toLeb128 } from "../wasm/binary.ts";
import { CUSTOM_SECTION, isMetadata, listMetadataTexts, METADATA_SECTION } from "../wasm/metadata-section.ts";

/** A name and a length, and as many bytes. */
const HEADER_BYTES = 8;

/** What a component says of itself. Nothing in it makes this throw. */
export function readEmbeddedMetadata(component: Uint8Array): MetadataReading {
  try {
    const [text, ...more] = listMetadataTexts(component);
    if (text === undefined) return { faults: [] };
    return more.length === 0 ? readMetadata(text) : { faults: ["is there more than once"] };
  } catch (error) {
    if (error instanceof BinaryError) return { faults: [`can't be found: the file ${error.message}`] };
    throw error;
  }
}

/** The same component that says this of itself, and nothing else. */
export function withMetadata(component: Uint8Array, metadata: ModuleMetadata): Uint8Array {
  const sections = [...readSections(component)].filter((section) => !isMetadata(section));
  const name = Buffer.from(METADATA_SECTION);
  const content = Buffer.concat([
    Uint8Array.from(toLeb128(name.length)),
    name,
    Buffer.from(JSON.stringify(metadata)),
  ]);
  const all = [...sections, { id: CUSTOM_SECTION, content }];
  return Buffer.concat([component.subarray(0, HEADER_BYTES), ...all.flatMap(toBytes)]);
}

function toBytes({ id, content }: Pick<Section, "id" | "content">): readonly Uint8Array[] {
  return [Uint8Array.from([id, ...toLeb128(content.length)]), content];
}
