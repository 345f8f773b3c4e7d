import type { Lift } from "../../../wasm/lift.ts";
import type { Exports } from "../watch.ts";

/** A component that is called without jco's glue. */
export class PlainModule {
  readonly lift: Lift;
  readonly #core: WebAssembly.Module;
  readonly #canWait: boolean;
  #next: Exports | undefined;

  constructor(core: WebAssembly.Module, lift: Lift, canWait: boolean) {
    this.#core = core;
    this.lift = lift;
    this.#canWait = canWait;
  }

  /** An instance that nobody had before. What it throws is the module's doing. */
  takeInstance(): Exports {
    const taken = this.#next ?? this.#instantiate();
    this.#next = undefined;
    return taken;
  }

  /** Makes the next instance while the host is busy with an answer: it takes longer than most calls. */
  prepareInstance(): void {
    if (!this.#canWait || this.#next !== undefined) return;
    try {
      this.#next = this.#instantiate();
    } catch (error) {
      if (!isModulesFault(error)) throw error; // the next call finds the same, and tells it
    }
  }

  #instantiate(): Exports {
    return new WebAssembly.Instance(this.#core).exports;
  }
}

/** A segment out of bounds, an import that nobody gives, no memory left. */
function isModulesFault(error: unknown): boolean {
  const { RuntimeError, LinkError } = WebAssembly;
  return [RuntimeError, LinkError, RangeError, TypeError].some((known) => error instanceof known);
}
