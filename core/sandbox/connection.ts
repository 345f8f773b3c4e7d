import { ANSWER_LIMIT_BYTES, readFrames } from "./frame.ts";
import { BinaryError } from "./binary.ts";

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
  kill(): void;
  /** Never rejects. */
  readonly ended: Promise<GuestEnd>;
}

export type Reply =
  | { readonly came: "answer"; readonly bytes: Uint8Array }
  | { readonly came: "late" }
  | { readonly came: "junk" }
  | { readonly came: "end"; readonly end: GuestEnd };

/** One guest process and what it says. After a reply other than an answer it is to be closed. */
export class GuestConnection {
  readonly loaded = new Set<string>();
  readonly #process: GuestProcess;
  readonly #frames: AsyncGenerator<Uint8Array, undefined>;

  constructor(process: GuestProcess) {
    this.#process = process;
    this.#frames = readFrames(process.output, ANSWER_LIMIT_BYTES);
  }

  async ask(order: Uint8Array, deadlineMs: number): Promise<Reply> {
    this.#process.write(order);
    return await this.receive(deadlineMs);
  }

  /** Waits for the next frame. */
  async receive(deadlineMs: number): Promise<Reply> {
    const { promise: late, resolve } = Promise.withResolvers<Reply>();
    const timer = setTimeout(() => resolve({ came: "late" }), deadlineMs);
    const next = this.#next();
    next.catch(() => undefined); // the stream of a late guest may break when it is killed; nobody waits for it then
    try {
      return await Promise.race([next, late]);
    } finally {
      clearTimeout(timer);
    }
  }

  async #next(): Promise<Reply> {
    try {
      const { value } = await this.#frames.next();
      if (value !== undefined) return { came: "answer", bytes: value };
    } catch (error) {
      if (error instanceof BinaryError) return { came: "junk" };
      throw error;
    }
    return { came: "end", end: await this.#process.ended };
  }

  /** Kills the guest and waits until it is gone. */
  async close(): Promise<void> {
    this.#process.kill();
    await this.#process.ended;
  }
}
