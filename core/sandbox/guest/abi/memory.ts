/** What of a module's instance takes part in passing values. */
export interface Surroundings {
  readonly memory: WebAssembly.Memory;
  /** The module's own code, so anything may come back. Takes an old address and size, an alignment and a size. */
  readonly realloc: (...sizes: readonly number[]) => unknown;
  readonly watch: { inModule: boolean };
}

/** Where a value is to lie. */
export interface Place {
  readonly sizeBytes: number;
  readonly alignment: number;
  /** For the message. */
  readonly what: string;
}

/**
 * A module's memory by the rules of the canonical ABI: an address that comes from the module is aligned and lies
 * inside, or the call ends.
 * Source: https://github.com/WebAssembly/component-model/blob/main/design/mvp/CanonicalABI.md
 */
export class GuestMemory {
  readonly #memory: WebAssembly.Memory;
  readonly #realloc: Surroundings["realloc"];
  readonly #watch: Surroundings["watch"];
  #bytes: Buffer;
  #view: DataView;

  constructor({ memory, realloc, watch }: Surroundings) {
    this.#memory = memory;
    this.#realloc = realloc;
    this.#watch = watch;
    this.#bytes = Buffer.from(memory.buffer);
    this.#view = new DataView(memory.buffer);
  }

  /** All of it, until the module runs again: it may grow, which ends earlier views. */
  get view(): DataView {
    return this.#view;
  }

  /** As `view`. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** Room for a value. @throws {RangeError} when the module gives an address where it can't lie. */
  allocate(sizeBytes: number, alignment: number): number {
    this.#watch.inModule = true;
    const address = Number(this.#realloc(0, 0, alignment, sizeBytes)) >>> 0;
    this.#watch.inModule = false;
    this.refresh();
    this.check(address, { sizeBytes, alignment, what: "what the module allocated" });
    return address;
  }

  /** After the module has run. */
  refresh(): void {
    if (this.#bytes.length !== 0) return; // a memory that has grown leaves its old views empty
    this.#bytes = Buffer.from(this.#memory.buffer);
    this.#view = new DataView(this.#memory.buffer);
  }

  /** @throws {RangeError} when no such value can lie there. */
  check(address: number, { sizeBytes, alignment, what }: Place): void {
    if (address % alignment !== 0) {
      throw new RangeError(`the address ${address} of ${what} is not aligned to ${alignment}`);
    }
    if (address + sizeBytes > this.#bytes.length) {
      throw new RangeError(`${what} reaches past the end of the memory: ${sizeBytes} bytes at ${address}`);
    }
  }
}
