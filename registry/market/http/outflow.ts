import type { ServerResponse } from "node:http";

/** Of answers that one visitor has asked for and not taken yet, and of those of all. */
const MAX_BYTES = { perVisitor: 64 * 2 ** 20, ofAll: 512 * 2 ** 20 };
/** What is smaller is always sent: there are only so many connections. */
const SMALL_BYTES = 256 * 2 ** 10;

/** Counts what waits in memory for visitors who read slowly, or not at all. */
export class Outflow {
  readonly #bytesByVisitor = new Map<string, number>();
  #bytes = 0;

  /** Whether this answer may be begun; if so, it counts until it is sent or its visitor has gone. */
  take(response: ServerResponse, visitor: string, sizeBytes: number): boolean {
    if (sizeBytes <= SMALL_BYTES) return true;
    const held = this.#bytesByVisitor.get(visitor) ?? 0;
    const isMuch = held > 0 && held + sizeBytes > MAX_BYTES.perVisitor;
    if (isMuch || this.#bytes + sizeBytes > MAX_BYTES.ofAll) return false;
    this.#add(visitor, sizeBytes);
    response.once("close", () => this.#add(visitor, -sizeBytes));
    return true;
  }

  #add(visitor: string, sizeBytes: number): void {
    this.#bytes += sizeBytes;
    const held = (this.#bytesByVisitor.get(visitor) ?? 0) + sizeBytes;
    if (held === 0) this.#bytesByVisitor.delete(visitor);
    else this.#bytesByVisitor.set(visitor, held);
  }
}
