/** Bounds of one exchange with a registry. Times in milliseconds. */
export interface Limits {
  readonly connectMs: number;
  /** From the last byte of the request to the answer's headers. */
  readonly headersMs: number;
  /** Between two pieces of the answer's body. */
  readonly idleMs: number;
  /** For the exchange as a whole: a body that drips never trips `idleMs`. */
  readonly totalMs: number;
  /** For all pages of a list, of which each may take `totalMs`: a later one isn't asked for. */
  readonly listMs: number;
  /** For all that one client does: a registry that drips each of many answers would hold it for hours. */
  readonly workMs: number;
  /** For a writer of an index to be undisturbed: after that it gives up. */
  readonly undisturbedMs: number;
  readonly redirects: number;
  readonly retries: number;
  /** A registry that asks us to wait longer is not waited for. */
  readonly maxRetryAfterMs: number;
  /** A blob with more bytes is sent in pieces of this size, each an exchange with limits of its own. */
  readonly pieceBytes: number;
  /** The least time in which a writer of an index watches whether another overwrites it. */
  readonly settleMs: number;
}

export const DEFAULT_LIMITS: Limits = {
  connectMs: 10_000,
  headersMs: 10_000,
  idleMs: 10_000,
  totalMs: 60_000,
  listMs: 120_000,
  workMs: 30 * 60_000,
  undisturbedMs: 180_000,
  redirects: 5,
  retries: 3,
  maxRetryAfterMs: 30_000,
  pieceBytes: 4 * 2 ** 20,
  settleMs: 100,
};
