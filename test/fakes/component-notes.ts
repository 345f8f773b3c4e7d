/** Apart from what makes components: a program that changes one starts without jco. */
import { toLeb128 } from "../../core/wasm/binary.ts";

/** The same component with other bytes: a custom section with this name, of at most 125 characters. */
export function addNote(component: Uint8Array, note: string): Uint8Array {
  const name = Buffer.from(note);
  return Buffer.concat([component, Buffer.from([0, name.length + 1, name.length]), name]);
}

/** The same component, larger by so many bytes and a few more. */
export function addPadding(component: Uint8Array, bytes: number): Uint8Array {
  const name = Buffer.from("producers");
  const content = Buffer.concat([Buffer.from([name.length]), name, Buffer.alloc(bytes)]);
  return Buffer.concat([component, Uint8Array.from([0, ...toLeb128(content.length)]), content]);
}
