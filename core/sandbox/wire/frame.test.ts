import fc from "fast-check";
import { expect, test } from "vitest";
import { FRAME_HEADER_BYTES, readFrames, writeFrameLength } from "./frame.ts";

function frameOf(payload: Uint8Array): Uint8Array {
  return writeFrameLength(Buffer.concat([new Uint8Array(FRAME_HEADER_BYTES), payload]));
}

async function* inPieces(bytes: Uint8Array, sizeBytes: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += sizeBytes) yield bytes.subarray(at, at + sizeBytes);
}

test("frames come out whole however the stream is cut", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.uint8Array({ maxLength: 20 })),
      fc.integer({ min: 1, max: 30 }),
      async (payloads, size) => {
        const stream = (async function* () {
          for (const payload of payloads) yield* inPieces(frameOf(payload), size);
        })();
        const frames: Uint8Array[] = [];
        for await (const frame of readFrames(stream, 100)) frames.push(frame);
        expect(frames.map((frame) => [...frame])).toEqual(payloads.map((payload) => [...payload]));
      },
    ),
  );
});

test("bytes that come together with the end of a frame are junk", async () => {
  const both = Buffer.concat([frameOf(Uint8Array.of(1)), Uint8Array.of(2)]);
  await expect(readFrames(inPieces(both, 100), 100).next()).rejects.toThrow("1 bytes follow the frame");
});

test("a frame over the limit is refused before its bytes are awaited", async () => {
  async function* endless(): AsyncGenerator<Uint8Array> {
    for (;;) yield Uint8Array.of(101, 0, 0, 0);
  }
  await expect(readFrames(endless(), 100).next()).rejects.toThrow("101 bytes is over the limit of 100");
});
