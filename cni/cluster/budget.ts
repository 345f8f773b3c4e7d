import { Failure } from "../../core/errors.ts";

/** The time for all exchanges of one kind. */
export class Budget {
  readonly #ms: number;
  #running: { readonly signal: AbortSignal; readonly endsAtMs: number } | undefined;

  constructor(ms: number) {
    this.#ms = ms;
  }

  /** Runs from the first call on. Aborted when the time is over, with what the caller is told. */
  start(): AbortSignal {
    return this.#run().signal;
  }

  leftMs(): number {
    return Math.max(0, this.#run().endsAtMs - performance.now());
  }

  #run() {
    return (this.#running ??= { signal: abortLater(this.#ms), endsAtMs: performance.now() + this.#ms });
  }
}

function abortLater(ms: number): AbortSignal {
  const controller = new AbortController();
  const late = () =>
    controller.abort(new Failure("tryAgainLater", `the API server did not answer within ${ms} ms`));
  setTimeout(late, ms).unref();
  return controller.signal;
}
