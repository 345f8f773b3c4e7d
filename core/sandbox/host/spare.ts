import { findAnswer } from "./answer.ts";
import type { GuestConnection } from "./connection.ts";

/** More than one selection can name; the guest that stands by has the latest of them. */
const MOST_MODULES = 48;

/** A second guest, which stands by with the modules that are known, so that no call is late after a kill. */
export interface Spare {
  /**
   * Has one started, and the modules that it lacks loaded, while nobody waits. The orders are those that load a
   * module, by its ID, the latest last; they are copied.
   */
  keep(orderById: ReadonlyMap<string, Uint8Array>): void;
  /** Hands it over with what it has so far; undefined when there is none. The next one is up to `keep`. */
  take(): Promise<GuestConnection | undefined>;
}

interface SpareOptions {
  /** Never rejects; undefined when no guest could be started. */
  readonly start: () => Promise<GuestConnection | undefined>;
  readonly loadMs: number;
}

/** No spare yet: the first comes with the first `keep`. */
export function openSpare({ start, loadMs }: SpareOptions): Spare {
  let standing: Promise<GuestConnection | undefined> | undefined;
  let seen = new Set<string>();
  let isWanted = false;

  async function warm(
    starting: Promise<GuestConnection | undefined>,
    orders: readonly (readonly [string, Uint8Array])[],
  ): Promise<GuestConnection | undefined> {
    const guest = await starting;
    for (const [id, order] of orders) {
      if (guest === undefined || isWanted) return guest;
      const reply = await guest.ask(order.slice(), loadMs);
      const answer = reply.came === "answer" ? findAnswer(reply.bytes) : undefined;
      if (answer === undefined) {
        await guest.close(); // whoever takes it starts another, and learns which module it was
        return undefined;
      }
      if (answer.outcome === "ok") guest.loaded.add(id);
    }
    return guest;
  }

  return {
    keep(orderById) {
      const lacking = [...orderById].slice(-MOST_MODULES).filter(([id]) => !seen.has(id));
      if (standing !== undefined && lacking.length === 0) return;
      seen = new Set([...seen, ...lacking.map(([id]) => id)]);
      standing = warm(standing ?? start(), lacking);
    },
    async take() {
      isWanted = true;
      const guest = await standing;
      [standing, seen, isWanted] = [undefined, new Set(), false];
      return guest;
    },
  };
}
