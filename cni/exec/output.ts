import type { Readable } from "node:stream";

/** What a stream has given so far, as text. */
export type Heard = () => string;

/** Keeps what `stream` gives until it is more than `limitBytes`; then calls `onOverflow`, and keeps no more. */
export function keepAll(
  stream: Readable,
  { limitBytes, onOverflow }: { limitBytes: number; onOverflow: () => void },
): Heard {
  const chunks: Buffer[] = [];
  let sizeBytes = 0;
  stream.on("data", (chunk: Buffer) => {
    sizeBytes += chunk.length;
    if (sizeBytes <= limitBytes) chunks.push(chunk);
    else onOverflow();
  });
  return () => Buffer.concat(chunks).toString();
}

/** Hands on what `stream` gives, up to `passBytes` of it, and keeps the last `keepBytes`. */
export function keepTail(
  stream: Readable,
  { keepBytes, passBytes, pass }: { keepBytes: number; passBytes: number; pass: (bytes: Buffer) => void },
): Heard {
  let tail = Buffer.alloc(0);
  let leftBytes = passBytes;
  stream.on("data", (chunk: Buffer) => {
    if (leftBytes > 0) pass(chunk.subarray(0, leftBytes));
    leftBytes -= chunk.length;
    tail = Buffer.concat([tail, chunk]).subarray(-keepBytes);
  });
  return () => tail.toString();
}
