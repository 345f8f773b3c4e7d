/** Of all visitors whose rate is known at one time; beyond, the one that has been known longest is forgotten. */
const MAX_VISITORS = 10_000;

export interface Rate {
  readonly perSecond: number;
  /** So many at once, after a while without any. */
  readonly burst: number;
}

/** Counts what visitors ask for: each has `burst` in hand, and gets `perSecond` back. */
export class RateLimiter {
  readonly #rate: Rate;
  readonly #handByVisitor = new Map<string, { left: number; atMs: number }>();

  constructor(rate: Rate) {
    this.#rate = rate;
  }

  /** Whether this visitor may ask once more now. */
  take(visitor: string, nowMs: number): boolean {
    const { perSecond, burst } = this.#rate;
    const hand = this.#handByVisitor.get(visitor) ?? { left: burst, atMs: nowMs };
    const left = Math.min(burst, hand.left + (Math.max(0, nowMs - hand.atMs) / 1000) * perSecond);
    this.#handByVisitor.delete(visitor); // the last that asked stands last
    this.#handByVisitor.set(visitor, { left: left < 1 ? left : left - 1, atMs: nowMs });
    if (this.#handByVisitor.size > MAX_VISITORS) this.#forgetOldest();
    return left >= 1;
  }

  #forgetOldest(): void {
    for (const visitor of this.#handByVisitor.keys()) {
      this.#handByVisitor.delete(visitor);
      return;
    }
  }
}
