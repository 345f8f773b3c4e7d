import { Failure, FAILURES, findErrno } from "../../core/errors.ts";
import { RegistryFailure } from "../../registry/errors.ts";
import { pause } from "../exec/pause.ts";

/** What a look at one thing of the node has shown. */
export interface Finding {
  /** The thing, such as `plugin bridge`. */
  readonly check: string;
  readonly state: "ok" | "warning" | "problem";
  readonly detail: string;
  /** Empty when all is well. */
  readonly todo: string;
}

/** Looks at the node and changes nothing. */
export interface Check {
  readonly name: string;
  readonly look: () => Promise<readonly Finding[]>;
}

/** A file system that hangs, for one. */
const DEADLINE_MS = 30_000;

export function ok(check: string, detail: string): Finding {
  return { check, state: "ok", detail, todo: "" };
}

/** Pods are attached, but something isn't as it should be. */
export function warning(check: string, said: { detail: string; todo: string }): Finding {
  return { check, state: "warning", ...said };
}

/** Some pods can't be attached, or not undone. */
export function problem(check: string, said: { detail: string; todo: string }): Finding {
  return { check, state: "problem", ...said };
}

/** What a check has found; a look that fails or takes too long is a problem itself. */
export async function runCheck({ name, look }: Check, deadlineMs = DEADLINE_MS): Promise<readonly Finding[]> {
  const done = new AbortController();
  const late = async (): Promise<readonly Finding[]> => {
    await pause(deadlineMs, done.signal);
    return [
      problem(name, { detail: `no answer within ${deadlineMs} ms`, todo: "see what the disk waits for" }),
    ];
  };
  try {
    return await Promise.race([look(), late()]);
  } catch (error) {
    return [problem(name, describe(error))];
  } finally {
    done.abort();
  }
}

/** @throws what is neither the node's fault nor the configuration's. */
function describe(error: unknown): { detail: string; todo: string } {
  if (error instanceof RegistryFailure) return { detail: error.message, todo: error.todo };
  if (error instanceof Failure) {
    return { detail: error.message, todo: error.details === "" ? FAILURES[error.kind].todo : error.details };
  }
  if (error instanceof Error && findErrno(error) !== undefined) {
    return { detail: error.message, todo: FAILURES.ioFailure.todo };
  }
  throw error;
}
