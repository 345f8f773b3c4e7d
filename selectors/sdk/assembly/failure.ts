let first: string | null = null;

/** Makes the whole answer an error: `return fail<Verdict>("setting limit must be above 0")`. The first reason counts. */
export function fail<T>(reason: string): T[] {
  if (first === null) first = reason;
  return [];
}

/** The reason of the first failure since the last call of this function; null when there was none. */
export function takeFailure(): string | null {
  const reason = first;
  first = null;
  return reason;
}
