/** What came over the pipe is no frame, or not what a frame holds. The message says what and where. */
export class FrameError extends Error {
  override readonly name: string = "FrameError";
}

/** The frame is longer than the reader takes. */
export class FrameLimitError extends FrameError {
  override readonly name = "FrameLimitError";
}

/** A frame is its length in four bytes, little-endian, and as many bytes. */
export const FRAME_HEADER_BYTES = 4;

/** Stands first in what an order's frame holds; the answer repeats it. Zeros when nothing was asked. */
export const NONCE_BYTES = 16;

/** The room at the front of a frame that is made in one piece. */
export const FRAME_HEADROOM_BYTES = FRAME_HEADER_BYTES + NONCE_BYTES;

/** The largest frame each side takes: modules go in, answers come out. */
export const ORDER_LIMIT_BYTES = 64 * 1024 * 1024;
export const ANSWER_LIMIT_BYTES = 1024 * 1024;

/** Writes the length into the room that `frame` has for it at the front. */
export function writeFrameLength(frame: Uint8Array): Uint8Array {
  new DataView(frame.buffer, frame.byteOffset).setUint32(0, frame.length - FRAME_HEADER_BYTES, true);
  return frame;
}

/** @throws {FrameLimitError} when the frame is longer than the reader takes. */
export function parseFrameLength(header: Uint8Array, limitBytes: number): number {
  const length = new DataView(header.buffer, header.byteOffset).getUint32(0, true);
  if (length > limitBytes)
    throw new FrameLimitError(`a frame of ${length} bytes is over the limit of ${limitBytes}`);
  return length;
}

/**
 * Cuts a stream into frames, which come one at a time: what follows a frame before the next is asked for is junk.
 * Ends when the stream ends; a frame cut off by the end is dropped.
 */
export async function* readFrames(
  stream: AsyncIterable<Uint8Array>,
  limitBytes: number,
): AsyncGenerator<Uint8Array, undefined> {
  let chunks: Uint8Array[] = [];
  let heldBytes = 0;
  let endBytes: number | undefined;
  for await (const chunk of stream) {
    chunks.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < FRAME_HEADER_BYTES) continue;
    endBytes ??= FRAME_HEADER_BYTES + parseFrameLength(join(chunks), limitBytes);
    if (heldBytes < endBytes) continue;
    if (heldBytes > endBytes) throw new FrameError(`${heldBytes - endBytes} bytes follow the frame`);
    yield join(chunks).subarray(FRAME_HEADER_BYTES);
    chunks = [];
    heldBytes = 0;
    endBytes = undefined;
  }
  return undefined;
}

function join(chunks: readonly Uint8Array[]): Uint8Array {
  const [first] = chunks;
  return first !== undefined && chunks.length === 1 ? first : Buffer.concat(chunks);
}
