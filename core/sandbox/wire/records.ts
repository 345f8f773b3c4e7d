import { FrameError } from "./frame.ts";

/** Named byte strings: what a frame to the guest holds, and what a prepared module consists of. */
export type Records = ReadonlyMap<string, Uint8Array>;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Two lengths of four bytes each stand before a record's name and its bytes. */
const HEADER_BYTES = 8;

/** A frame could hold millions of empty ones, which take seconds and a gigabyte to tell apart. */
const MOST_RECORDS = 1000;

/** `headroom` bytes are left free at the front. */
export function encodeRecords(records: Records, headroom = 0): Uint8Array {
  const parts = [...records].map(([name, bytes]) => ({ name: encoder.encode(name), bytes }));
  const size = parts.reduce(
    (sum, { name, bytes }) => sum + HEADER_BYTES + name.length + bytes.length,
    headroom,
  );
  const out = new Uint8Array(size);
  const view = new DataView(out.buffer);
  let at = headroom;
  for (const { name, bytes } of parts) {
    view.setUint32(at, name.length, true);
    view.setUint32(at + 4, bytes.length, true);
    out.set(name, at + HEADER_BYTES);
    out.set(bytes, at + HEADER_BYTES + name.length);
    at += HEADER_BYTES + name.length + bytes.length;
  }
  return out;
}

/** The records share the memory of `bytes`. @throws {FrameError} when a length is a lie or there are too many. */
export function decodeRecords(bytes: Uint8Array): Records {
  const plain = new Uint8Array(bytes.buffer, bytes.byteOffset, bytes.byteLength); // a Buffer would give Buffers
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const records = new Map<string, Uint8Array>();
  let left = MOST_RECORDS;
  for (let at = 0; at < bytes.length; left -= 1) {
    if (left === 0) throw new FrameError(`there are more than ${MOST_RECORDS} records`);
    if (at + HEADER_BYTES > bytes.length) throw new FrameError(`a record is cut off at byte ${at}`);
    const start = at + HEADER_BYTES + view.getUint32(at, true);
    const end = start + view.getUint32(at + 4, true);
    if (end > bytes.length) throw new FrameError(`the record at byte ${at} reaches past the end`);
    records.set(decoder.decode(plain.subarray(at + HEADER_BYTES, start)), plain.subarray(start, end));
    at = end;
  }
  return records;
}
