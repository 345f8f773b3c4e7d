import type { TextEncoding } from "../../../wasm/lift.ts";
import type { GuestMemory } from "./memory.ts";

/** Strings in the memory of a module, as its encoding has them. */
export interface TextFormat {
  /** Writes a string where the module allocates, then its address and length at `at`. */
  store(memory: GuestMemory, at: number, text: string): void;
  /** The first `limit` UTF-16 units of the string whose address and length are at `at`. */
  load(memory: GuestMemory, at: number, limit: number): string;
}

const encoder = new TextEncoder();

/** UTF-8 takes at most 3 bytes for a UTF-16 unit, so whatever is torn lies behind the last unit that is wanted. */
const UTF8_BYTES_PER_UNIT = 3;

/** As jco has it; the module isn't asked for room. */
const NO_TEXT = [1, 0] as const;

/**
 * What is no text becomes U+FFFD, in both directions: the specification has the call end there, but a torn character
 * in a reason is no cause to drop a decision.
 */
export const TEXT_FORMATS: Readonly<Record<TextEncoding, TextFormat>> = {
  utf8: {
    store(memory, at, text) {
      if (text === "") return storeSpan(memory.view, at, NO_TEXT);
      const sizeBytes = Buffer.byteLength(text);
      const address = memory.allocate(sizeBytes, 1);
      const isAscii = sizeBytes === text.length;
      if (isAscii) storeAscii(memory.bytes, address, text);
      else encoder.encodeInto(text, memory.bytes.subarray(address, address + sizeBytes));
      storeSpan(memory.view, at, [address, sizeBytes]);
    },
    load(memory, at, limit) {
      const address = memory.view.getUint32(at, true);
      const sizeBytes = memory.view.getUint32(at + 4, true);
      memory.check(address, { sizeBytes, alignment: 1, what: "a string" });
      const end = address + Math.min(sizeBytes, (limit + 1) * UTF8_BYTES_PER_UNIT);
      return memory.bytes.toString("utf8", address, end).slice(0, limit);
    },
  },
  utf16: {
    store(memory, at, text) {
      const address = memory.allocate(2 * text.length, 2);
      const hasSurrogates = storeUnits(memory.view, address, text);
      if (hasSurrogates && !text.isWellFormed()) storeUnits(memory.view, address, text.toWellFormed());
      storeSpan(memory.view, at, [address, text.length]);
    },
    load(memory, at, limit) {
      const address = memory.view.getUint32(at, true);
      const length = memory.view.getUint32(at + 4, true);
      memory.check(address, { sizeBytes: 2 * length, alignment: 2, what: "a string" });
      const end = address + 2 * Math.min(length, limit);
      return memory.bytes.toString("utf16le", address, end).toWellFormed();
    },
  },
};

function storeAscii(bytes: Uint8Array, address: number, text: string): void {
  for (let i = 0; i < text.length; i++) bytes[address + i] = text.charCodeAt(i);
}

/** @returns whether some of them are surrogates, which only in pairs are characters. */
function storeUnits(view: DataView, address: number, text: string): boolean {
  let hasSurrogates = false;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if ((unit & 0xf800) === 0xd800) hasSurrogates = true;
    view.setUint16(address + 2 * i, unit, true);
  }
  return hasSurrogates;
}

/** Of a string or a list: where it begins, and how long it is. */
export function storeSpan(view: DataView, at: number, [address, length]: readonly [number, number]): void {
  view.setUint32(at, address, true);
  view.setUint32(at + 4, length, true);
}
