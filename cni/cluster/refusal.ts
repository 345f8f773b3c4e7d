import { Failure, findErrno } from "../../core/errors.ts";
import { toLine } from "../../core/printable.ts";
import { findJsonObject, isJsonObject, type JsonObject } from "../../core/spec/json.ts";
import { parseRetryAfter } from "../../registry/client/retry.ts";
import type { ApiReply } from "./exchange.ts";

/** What the server is asked to do, in the words of its rules (RBAC). */
export interface Right {
  readonly verb: "get" | "list" | "patch" | "create";
  /** Plural, such as `pods`. */
  readonly resource: string;
  /** Empty for the core group. */
  readonly group: string;
  /** Empty for what is in none. */
  readonly namespace: string;
}

/** How one exchange went. */
export type Attempt = { readonly reply: ApiReply } | { readonly error: unknown };

const SHOWN = 256;

const TOO_MANY = 429;
/** Besides it, an internal error, which a change of etcd's leader is, too; not there for the moment. */
const PASSING_STATUSES = [TOO_MANY, 500, 502, 503, 504];
/** It is being started, or was just ended. */
const PASSING_ERRORS = ["ECONNREFUSED", "ECONNRESET", "EPIPE"];

/**
 * How often a call is made again that got no answer. Of a patch, a pod waits that has its networks: once is for a
 * connection that the server had just ended. An event would stand there twice.
 */
const REPEATS_BY_VERB = { get: Infinity, list: Infinity, patch: 1, create: 0 } as const;

/**
 * The least time to wait before trying again; undefined when that is no use, or would do a thing twice.
 *
 * @param tries how often it was tried again already.
 */
export function findPauseMs(attempt: Attempt, { verb }: Right, tries: number): number | undefined {
  if ("error" in attempt) {
    const passes = PASSING_ERRORS.includes(findErrno(attempt.error) ?? "");
    return passes && tries < REPEATS_BY_VERB[verb] ? 0 : undefined;
  }
  const { status, headers } = attempt.reply;
  if (verb === "create" && status !== TOO_MANY) return undefined;
  return PASSING_STATUSES.includes(status) ? parseRetryAfter(headers["retry-after"], new Date()) : undefined;
}

/**
 * The patch has the UID of another object: its UID can't be changed to that (422). 409 may mean this, too, or that
 * somebody wrote to the object at the same time. Source: kube-apiserver, `ValidateObjectMetaUpdate`.
 */
export function isOfAnother({ status, text = "" }: ApiReply): boolean {
  if (status !== 422) return status === 409;
  return listCauses(text).some(({ field }) => field === "metadata.uid");
}

/** The namespace is being removed and takes nothing new. Source: Kubernetes API, `NamespaceTerminatingCause`. */
export function isOfEndingNamespace({ status, text = "" }: ApiReply): boolean {
  return status === 403 && listCauses(text).some(({ reason }) => reason === "NamespaceTerminating");
}

function listCauses(text: string): readonly JsonObject[] {
  const details = findJsonObject(text)?.["details"];
  const causes = isJsonObject(details) ? details["causes"] : undefined;
  return Array.isArray(causes) ? causes.filter(isJsonObject) : [];
}

/** What the caller is told; what isn't about the server or the way to it stays as it is. */
export function toRefusal(attempt: Attempt, right: Right): unknown {
  if ("error" in attempt) return toUnreachable(attempt.error);
  const { status, text = "" } = attempt.reply;
  const said = findJsonObject(text)?.["message"];
  const quoted = typeof said === "string" ? `; it says: ${toLine(said.slice(0, SHOWN))}` : "";
  const { verb, resource, group } = right;
  const asked = toAsked(right);
  if (status === 401) {
    return new Failure("tryAgainLater", "the API server doesn't know genie's user (401)", {
      details: `its token or certificate has ended or is of another cluster${quoted}`,
    });
  }
  if (status === 403) {
    return new Failure("tryAgainLater", `the API server denies genie's user to ${asked} (403)`, {
      details: `RBAC: it lacks verb "${verb}" on resource "${resource}" of API group "${group}"${quoted}`,
    });
  }
  return new Failure("tryAgainLater", `the API server answers ${status} to ${asked}`, {
    details: `the same call may succeed later${quoted}`,
  });
}

/** Of an answer to something else. Taken for nothing, it would take a pod's wishes or rules away. */
export function toStrange(message: string): Failure {
  return new Failure("tryAgainLater", message, {
    details: "check that the address is that of an API server",
  });
}

/** What was asked, such as `get pods in namespace shop`. */
export function toAsked({ verb, resource, namespace }: Right): string {
  return `${verb} ${resource}${namespace === "" ? "" : ` in namespace ${namespace}`}`;
}

function toUnreachable(error: unknown): unknown {
  const code = findErrno(error);
  if (error instanceof Failure || code === undefined) return error;
  return new Failure("tryAgainLater", `the API server can't be reached (${code})`, {
    details: "check that it runs, its address and, in the kubeconfig, the certificate that vouches for it",
    cause: error,
  });
}
