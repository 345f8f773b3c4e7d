import { PassThrough } from "node:stream";
import type { PreparedModule } from "../../core/sandbox/port.ts";
import type { GuestEnd } from "../../core/sandbox/host/connection.ts";
import {
  FRAME_HEADER_BYTES,
  FRAME_HEADROOM_BYTES,
  NONCE_BYTES,
  writeFrameLength,
} from "../../core/sandbox/wire/frame.ts";

export const LIMITS = { memoryBytes: 2 ** 20, loadMs: 5000 };

/** A module with nothing in it: what it says is up to the guest. */
export const makeModule = (digest = "sha256:a"): PreparedModule => ({
  digest,
  kind: "scorer",
  glue: new Uint8Array(),
  coreByName: new Map(),
});

/** A guest whose every word is up to the test, and which ends only when it is killed. */
export function makeGuest(
  onOrder: (output: PassThrough, nonce: Uint8Array, order: Uint8Array) => void = () => {},
) {
  const output = new PassThrough();
  const { promise: ended, resolve } = Promise.withResolvers<GuestEnd>();
  output.once("finish", () => resolve({ exitCode: 3, lastWords: "" }));
  const guest = {
    isKilled: false,
    output,
    write: (order: Uint8Array) =>
      onOrder(output, order.slice(FRAME_HEADER_BYTES, FRAME_HEADROOM_BYTES), order),
    kill: () => {
      guest.isKilled = true;
      resolve({ signal: "SIGKILL", lastWords: "" });
    },
    ended,
  };
  return guest;
}

const NO_NONCE = new Uint8Array(NONCE_BYTES);
export const OK = '{"outcome":"ok"}';

/** A frame of the guest's, as it answers the order with this nonce. */
export function frameOf(text: string, nonce: Uint8Array = NO_NONCE): Uint8Array {
  return writeFrameLength(Buffer.concat([Buffer.alloc(FRAME_HEADER_BYTES), nonce, Buffer.from(text)]));
}

/** Answers each order after so many milliseconds of the test's own clock. */
export function makeSlowGuest(takesMs: number) {
  const guest = makeGuest((output, nonce) => {
    setTimeout(() => output.write(frameOf(OK, nonce)), takesMs);
  });
  guest.output.write(frameOf(OK));
  return guest;
}
