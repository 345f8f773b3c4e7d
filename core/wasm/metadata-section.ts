import { BinaryReader, readSections, type Section } from "./binary.ts";

/** The custom section of a component that holds what the module says of itself, as JSON. */
export const METADATA_SECTION = "genie:module";

export const MAX_METADATA_BYTES = 64 * 2 ** 10;

/** Source: component-model, design/mvp/Binary.md; the same as in a core module. */
export const CUSTOM_SECTION = 0;

/**
 * The texts of these sections of a component: one, where all is well.
 * @throws {BinaryError} for what holds no sections.
 */
export function listMetadataTexts(component: Uint8Array): readonly string[] {
  return [...readSections(component)].filter(isMetadata).map(({ content }) => {
    const reader = new BinaryReader(content);
    reader.text();
    return Buffer.from(content.subarray(reader.offset)).toString();
  });
}

/** Whether a section holds metadata. @throws {BinaryError} for a custom section without a name. */
export function isMetadata({ id, content }: Section): boolean {
  return id === CUSTOM_SECTION && new BinaryReader(content).text() === METADATA_SECTION;
}
