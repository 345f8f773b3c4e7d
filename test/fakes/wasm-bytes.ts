/** Wasm binaries byte by byte, for what no tool would write. */
import { toLeb128 } from "../../core/wasm/binary.ts";

export type Bytes = readonly number[];

const MAGIC = [0, 0x61, 0x73, 0x6d];
export const MODULE = [...MAGIC, 1, 0, 0, 0];
const COMPONENT = [...MAGIC, 0x0d, 0, 1, 0];

/** A length, and as many bytes. */
export function sized(bytes: Bytes): number[] {
  return [...toLeb128(bytes.length), ...bytes];
}

export function text(value: string): number[] {
  return sized([...Buffer.from(value)]);
}

/** A count, and as many items. */
export function list(items: readonly Bytes[]): number[] {
  return [...toLeb128(items.length), ...items.flat()];
}

export function section(id: number, ...items: Bytes[]): number[] {
  return [id, ...sized(list(items))];
}

export function module(...sections: Bytes[]): number[] {
  return MODULE.concat(sections.flat());
}

export function component(...sections: Bytes[]): number[] {
  return COMPONENT.concat(sections.flat());
}

/** A section of a component that holds a core module or a component. */
export function nested(bytes: Bytes): number[] {
  return [bytes[6] === 1 ? 4 : 1, ...sized(bytes)];
}

/** A component around a core module. */
export function around(...sections: Bytes[]): Uint8Array {
  return Uint8Array.from(component(nested(module(...sections))));
}

export function repeat<T>(times: number, item: T): T[] {
  return Array<T>(times).fill(item);
}
