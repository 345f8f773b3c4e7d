import type { Health } from "../../core/ports.ts";
import type { HealthBook } from "../../core/select/health/book.ts";

/** A book that lasts as long as the test. */
export function makeHealth(): Health {
  let book: HealthBook = [];
  return {
    read: async () => book,
    update: async (change) => {
      book = change(book);
    },
  };
}
