import { DelegateError, Failure, joinTexts, listSome } from "../errors.ts";
import type { NodeNetwork } from "../networks/candidates.ts";

/**
 * What is told when several delegates failed: the first one's own code and words, with the others in the details.
 * Undefined when none failed.
 */
export function toOneFailure([first, ...others]: readonly unknown[]): unknown {
  if (others.length === 0 || !isTold(first)) return first;
  return withMore(first, {
    details: joinTexts(
      toDetails(first),
      first.place,
      `also failed: ${listSome(others.map(toPlacedText), "; ")}`,
    ),
    place: "",
  });
}

/** Where a failure happened: a person who reads it may not know which network a pod got, or has several. */
interface Place {
  readonly network: string;
  readonly ifName: string;
  /** The object that describes the network, where one does. */
  readonly definition?: NodeNetwork["definition"];
}

/** A delegate's failure, with the attachment that it is about; any other as it is. */
export function toPlaced(failure: unknown, { network, ifName, definition }: Place): unknown {
  const isDelegates = failure instanceof DelegateError || isOfPlugin(failure);
  if (!isDelegates) return failure;
  const object = definition && ` (NetworkAttachmentDefinition ${definition.namespace}/${definition.name})`;
  const place = `network ${network}${object ?? ""}, interface ${ifName}`;
  return withMore(failure, { details: toDetails(failure), place });
}

function isOfPlugin(failure: unknown): failure is Failure {
  return failure instanceof Failure && failure.kind === "delegateFailed";
}

function toDetails(failure: Failure | DelegateError): string {
  return (failure instanceof DelegateError ? failure.wire.details : failure.details) ?? "";
}

function withMore(failure: Failure | DelegateError, more: { details: string; place: string }) {
  if (failure instanceof DelegateError) {
    const { plugin, wire } = failure;
    return new DelegateError(plugin, { ...wire, details: more.details }, more.place);
  }
  return new Failure(failure.kind, failure.message, { ...more, cause: failure.cause });
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

/** A failure in one line, for who knows what it is about. */
export function toText(failure: unknown): string {
  if (!isTold(failure)) return failure instanceof Error ? failure.message : String(failure);
  return failure instanceof DelegateError ? `plugin ${failure.plugin}: ${failure.message}` : failure.message;
}

/** A failure in one line, with what it is about. */
function toPlacedText(failure: unknown): string {
  const place = isTold(failure) && failure.place !== "" ? ` (${failure.place})` : "";
  return `${toText(failure)}${place}`;
}
