import type { Candidate } from "../../select/request.ts";
import {
  ANSWER_LIMIT_BYTES,
  FRAME_HEADER_BYTES,
  FrameError,
  FrameLimitError,
  NONCE_BYTES,
  readFrames,
} from "../wire/frame.ts";

/** How a guest process ended. */
export interface GuestEnd {
  readonly signal?: string | undefined;
  readonly exitCode?: number | undefined;
  /** The last of what it wrote on stderr. */
  readonly lastWords: string;
}

/** A guest process as the host holds it. */
export interface GuestProcess {
  /** Never throws: a process that is gone shows in `ended`. */
  write(bytes: Uint8Array): void;
  readonly output: AsyncIterable<Uint8Array>;
  /** Whatever it has written and nobody has read is lost. */
  kill(): void;
  /** Never rejects. */
  readonly ended: Promise<GuestEnd>;
}

export type Reply =
  | { readonly came: "answer"; readonly bytes: Uint8Array }
  | { readonly came: "late" }
  | { readonly came: "junk" }
  | { readonly came: "tooLong" }
  | { readonly came: "end"; readonly end: GuestEnd };

/** One guest process and what it says. After a reply other than an answer it is to be closed. */
export class GuestConnection {
  readonly loaded = new Set<string>();
  /** A guest may end while nobody asks it anything. */
  hasEnded = false;
  readonly ended: Promise<GuestEnd>;
  /** The candidates that the guest got last. */
  candidates: readonly Candidate[] = [];
  readonly #process: GuestProcess;
  readonly #frames: AsyncGenerator<Uint8Array, undefined>;

  /** @param answerBytes the longest answer that is taken. */
  constructor(process: GuestProcess, answerBytes = ANSWER_LIMIT_BYTES) {
    this.#process = process;
    this.#frames = readFrames(process.output, answerBytes);
    this.ended = process.ended.then((end) => {
      this.hasEnded = true;
      return end;
    });
  }

  /**
   * The order gets a nonce that no module in the guest could know before, so that what one of them wrote ahead of
   * time doesn't pass for another's answer.
   */
  async ask(order: Uint8Array, deadlineMs: number): Promise<Reply> {
    const nonce = takeNonce();
    order.set(nonce, FRAME_HEADER_BYTES);
    this.#process.write(order);
    const reply = await this.receive(deadlineMs);
    if (reply.came !== "answer") return reply;
    const isOurs = Buffer.compare(reply.bytes.subarray(0, NONCE_BYTES), nonce) === 0;
    return isOurs ? { came: "answer", bytes: reply.bytes.subarray(NONCE_BYTES) } : { came: "junk" };
  }

  /** Waits for the next frame. */
  async receive(deadlineMs: number): Promise<Reply> {
    const { promise: late, resolve } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => resolve({ came: "late" }), deadlineMs);
    try {
      return await Promise.race([this.#next(), late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<Reply> {
    try {
      const { value } = await this.#frames.next();
      if (value !== undefined) return { came: "answer", bytes: value };
    } catch (error) {
      if (error instanceof FrameLimitError) return { came: "tooLong" };
      return error instanceof FrameError ? { came: "junk" } : await this.#endBroken(error);
    }
    return { came: "end", end: await this.#process.ended };
  }

  /** A guest that can't be heard any more is as good as gone; how it then ends says nothing about its module. */
  async #endBroken(error: unknown): Promise<Reply> {
    this.#process.kill();
    const { lastWords } = await this.#process.ended;
    const why = error instanceof Error ? error.message : String(error);
    return { came: "end", end: { lastWords: lastWords || `its output broke: ${why}` } };
  }

  /** Kills the guest and waits until it is gone. */
  async close(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }
}

/** Nonces for this many orders come at a time: asking for them costs more than making them. */
const NONCES = 64;
const pool = new Uint8Array(NONCES * NONCE_BYTES);
let poolBytesLeft = 0;

function takeNonce(): Uint8Array {
  if (poolBytesLeft === 0) poolBytesLeft = crypto.getRandomValues(pool).length;
  poolBytesLeft -= NONCE_BYTES;
  return pool.slice(poolBytesLeft, poolBytesLeft + NONCE_BYTES);
}
