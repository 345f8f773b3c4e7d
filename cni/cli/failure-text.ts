import { styleText } from "node:util";
import { Failure, FAILURES, findErrno } from "../../core/errors.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { BuildFailure } from "../author/failure.ts";
import { toLine } from "../../core/printable.ts";

/** The one line on stderr that tells what failed, where, and what to do. */
export function formatFailure(error: unknown): string {
  return `${styleText("red", "error:", { stream: process.stderr })} ${toLine(describeFailure(error))}`;
}

/** What is wrong with the words of a command, with commander's suggestion, in one line. */
export function formatMisuse(text: string): string {
  return toLine(`${text.trim().replaceAll("\n", " ")}: see geniectl --help, or that of the verb`);
}

/** What failed, where, and what to do, as it stands in that line. */
export function describeFailure(error: unknown): string {
  if (error instanceof RegistryFailure || error instanceof BuildFailure)
    return `${error.message}: ${error.todo}`;
  if (error instanceof Failure) return `${error.message}: ${error.details || FAILURES[error.kind].todo}`;
  const message = error instanceof Error ? error.message : String(error);
  if (findErrno(error) === undefined) return `a bug in geniectl: ${message}`;
  return `${message}: ${FAILURES.ioFailure.todo}`;
}
