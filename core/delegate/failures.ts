import { DelegateError, Failure, listSome } from "../errors.ts";

/**
 * What is told when several delegates failed: the first one's own code and words, with the others in the details.
 * Undefined when none failed.
 */
export function toOneFailure([first, ...others]: readonly unknown[]): unknown {
  if (others.length === 0) return first;
  const also = `also failed: ${listSome(others.map(toText), "; ")}`;
  if (first instanceof DelegateError) {
    const { wire, plugin } = first;
    const details = [wire.details ?? "", also].filter((text) => text !== "").join("; ");
    return new DelegateError(plugin, { ...wire, details });
  }
  if (first instanceof Failure) {
    const details = [first.details, also].filter((text) => text !== "").join("; ");
    return new Failure(first.kind, first.message, { details, cause: first.cause });
  }
  return first;
}

/** The failures that `act` returns, or the one that it throws. @throws a bug. */
export async function listFailures(
  act: () => Promise<readonly unknown[] | void>,
): Promise<readonly unknown[]> {
  try {
    return (await act()) ?? [];
  } catch (error) {
    if (isTold(error)) return [error];
    throw error;
  }
}

/** True for what somebody can act on; anything else is a bug of ours. */
export function isTold(error: unknown): error is Failure | DelegateError {
  return error instanceof Failure || error instanceof DelegateError;
}

/** A failure in one line. */
export function toText(failure: unknown): string {
  if (failure instanceof DelegateError) return `plugin ${failure.plugin}: ${failure.message}`;
  return failure instanceof Error ? failure.message : String(failure);
}
