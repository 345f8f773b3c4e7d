/** Keeps what was made last, so many of them, and makes each once however many ask for it at the same time. */
export class Cache<Key, Value> {
  readonly #size: number;
  readonly #madeByKey = new Map<Key, Promise<Value>>();

  constructor(size: number) {
    this.#size = size;
  }

  /** What couldn't be made isn't kept: the next who asks has it tried again. */
  get(key: Key, make: () => Promise<Value>): Promise<Value> {
    const made = this.#madeByKey.get(key) ?? make();
    this.#madeByKey.delete(key); // what was asked for last stands last
    this.#madeByKey.set(key, made);
    made.catch(() => this.#madeByKey.get(key) === made && this.#madeByKey.delete(key));
    for (const [oldest] of this.#madeByKey) {
      if (this.#madeByKey.size <= this.#size) break;
      this.#madeByKey.delete(oldest);
    }
    return made;
  }

  clear(): void {
    this.#madeByKey.clear();
  }
}
