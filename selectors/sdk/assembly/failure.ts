let first: string | null = null;

/** Makes the whole answer an error: `return fail<Verdict>("no limit is set")`. */
export function fail<T>(reason: string): T[] {
  noteFailure(reason);
  return [];
}

/** Makes the whole answer an error while the module goes on. The first reason counts. */
export function noteFailure(reason: string): void {
  if (first === null) first = reason;
}

/** The reason of the first failure since the last call of this function; null when there was none. */
export function takeFailure(): string | null {
  const reason = first;
  first = null;
  return reason;
}
