/**
 * Work that others need as well is done once: who comes while it's being done gets the same outcome, failure included.
 * Nothing is remembered afterwards.
 */
export class SingleFlight<T> {
  readonly #flightByKey = new Map<string, Promise<T>>();

  async run(key: string, act: () => Promise<T>): Promise<T> {
    const going = this.#flightByKey.get(key);
    if (going !== undefined) return await going;
    const flight = act();
    this.#flightByKey.set(key, flight);
    try {
      return await flight;
    } finally {
      this.#flightByKey.delete(key);
    }
  }
}
