import { type MetadataReading, type ModuleMetadata, readMetadata } from "../select/metadata.ts";
import { BinaryError, BinaryReader, readSections, type Section, toLeb128 } from "./binary.ts";

/** The custom section of a component that holds what the module says of itself, as JSON. */
export const METADATA_SECTION = "genie:module";

/** Source: component-model, design/mvp/Binary.md; the same as in a core module. */
const CUSTOM_SECTION = 0;

/** A name and a length, and as many bytes. */
const HEADER_BYTES = 8;

/** What a component says of itself. Nothing in it makes this throw. */
export function findMetadata(component: Uint8Array): MetadataReading {
  try {
    const [content, ...more] = [...readSections(component)].flatMap(findContent);
    if (content === undefined) return { faults: [] };
    return more.length === 0 ? readMetadata(decode(content)) : { faults: ["is there more than once"] };
  } catch (error) {
    if (error instanceof BinaryError) return { faults: [`can't be found: the file ${error.message}`] };
    throw error;
  }
}

/** The same component that says this of itself, and nothing else. */
export function withMetadata(component: Uint8Array, metadata: ModuleMetadata): Uint8Array {
  const sections = [...readSections(component)].filter((section) => findContent(section).length === 0);
  const name = Buffer.from(METADATA_SECTION);
  const content = Buffer.concat([
    Uint8Array.from(toLeb128(name.length)),
    name,
    Buffer.from(JSON.stringify(metadata)),
  ]);
  const all = [...sections, { id: CUSTOM_SECTION, content }];
  return Buffer.concat([component.subarray(0, HEADER_BYTES), ...all.flatMap(toBytes)]);
}

/** The bytes of the section, if it is the one; in a list, which is empty when it isn't. */
function findContent({ id, content }: Pick<Section, "id" | "content">): readonly Uint8Array[] {
  if (id !== CUSTOM_SECTION) return [];
  const reader = new BinaryReader(content);
  return reader.text() === METADATA_SECTION ? [content.subarray(reader.offset)] : [];
}

function decode(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();
}

function toBytes({ id, content }: Pick<Section, "id" | "content">): readonly Uint8Array[] {
  return [Uint8Array.from([id, ...toLeb128(content.length)]), content];
}
