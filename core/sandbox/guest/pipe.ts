import { FRAME_HEADER_BYTES, ORDER_LIMIT_BYTES, parseFrameLength } from "../wire/frame.ts";

/** The only way out of a confined process. Both methods block. */
export interface GuestPipe {
  /** Fills the buffer. @returns false when the host has closed its end. */
  read(buffer: Uint8Array): boolean;
  write(bytes: Uint8Array): void;
}

/** The next order's nonce and what follows it; undefined when the host has gone away. */
export function receiveOrder(pipe: GuestPipe): Uint8Array | undefined {
  const header = new Uint8Array(FRAME_HEADER_BYTES);
  if (!pipe.read(header)) return undefined;
  const frame = new Uint8Array(parseFrameLength(header, ORDER_LIMIT_BYTES));
  return pipe.read(frame) ? frame : undefined;
}
