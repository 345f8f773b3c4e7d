import { RegistryFailure } from "../errors.ts";

/** The deadlines of one exchange as one signal. Disposing it stops the clocks. */
export class Watch implements Disposable {
  readonly signal: AbortSignal;
  readonly #controller = new AbortController();
  readonly #where: string;
  readonly #total: NodeJS.Timeout;
  #step: NodeJS.Timeout | undefined;

  constructor(where: string, totalMs: number, outer: AbortSignal | undefined) {
    this.#where = where;
    this.signal =
      outer === undefined ? this.#controller.signal : AbortSignal.any([this.#controller.signal, outer]);
    this.#total = this.#start(totalMs, "an end");
  }

  /** Replaces the deadline of the step before. `awaited` says what is waited for. */
  arm(ms: number, awaited: string): void {
    this.disarm();
    this.#step = this.#start(ms, awaited);
  }

  disarm(): void {
    clearTimeout(this.#step);
  }

  [Symbol.dispose](): void {
    this.disarm();
    clearTimeout(this.#total);
  }

  #start(ms: number, awaited: string): NodeJS.Timeout {
    const message = `${this.#where}: ${ms} ms without ${awaited}`;
    return setTimeout(
      () => this.#controller.abort(new RegistryFailure("timeout", message, { retryAfterMs: 0 })),
      ms,
    );
  }
}
