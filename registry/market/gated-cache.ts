import { Cache } from "./cache.ts";
import { openGate } from "./gate.ts";

/** A cache whose values are made a few at a time. */
export class GatedCache<Value> {
  readonly #made: Cache<string, Value>;
  readonly #gate = openGate({ atOnce: 4, waiting: 64 });

  constructor(size: number) {
    this.#made = new Cache(size);
  }

  /** As `Cache` does. @throws {RegistryFailure} busy when too many wait already */
  get(key: string, make: () => Promise<Value>): Promise<Value> {
    return this.#made.get(key, () => this.#gate.enter(make));
  }

  clear(): void {
    this.#made.clear();
  }
}
