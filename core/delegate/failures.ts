import { DelegateError, Failure, listSome } from "../errors.ts";

/**
 * What is told when several delegates failed: the first one's own code and words, with the others in the details.
 * Undefined when none failed.
 */
export function findFirst([first, ...others]: readonly unknown[]): unknown {
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

function toText(failure: unknown): string {
  if (failure instanceof DelegateError) return `plugin ${failure.plugin}: ${failure.message}`;
  return failure instanceof Error ? failure.message : String(failure);
}
