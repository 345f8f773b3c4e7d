import {
  FRAME_HEADER_BYTES,
  FRAME_HEADROOM_BYTES,
  NONCE_BYTES,
  writeFrameLength,
} from "../../core/sandbox/wire/frame.ts";
import { type GuestPipe, receiveOrder } from "../../core/sandbox/guest/pipe.ts";
import { encodeRecords, type Records } from "../../core/sandbox/wire/records.ts";
import { generateRecords } from "./generate.ts";
import { REFUSAL } from "./made.ts";

/** The transpiler's process: takes one component from its pipe and answers with what is made of it, or why nothing is. */
export async function answerComponent(pipe: GuestPipe): Promise<void> {
  const order = receiveOrder(pipe);
  if (order === undefined) return;
  const frame = encodeRecords(await make(order.subarray(NONCE_BYTES)), FRAME_HEADROOM_BYTES);
  frame.set(order.subarray(0, NONCE_BYTES), FRAME_HEADER_BYTES);
  pipe.write(writeFrameLength(frame));
}

async function make(component: Uint8Array): Promise<Records> {
  try {
    return await generateRecords(component);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    return new Map([[REFUSAL, Buffer.from(why)]]);
  }
}
