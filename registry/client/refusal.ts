import { findJsonObject, isJsonObject } from "../../core/spec/json.ts";
import { RegistryFailure, type RegistryFailureKind } from "../errors.ts";
import type { Call, Reply } from "./exchange.ts";
import { parseRetryAfter } from "./retry.ts";

/** What an answer with an unwanted status means for the caller. */
export function toRefusal(call: Call, reply: Reply): RegistryFailure {
  const kind = kindOf(reply.status);
  const passes = kind === "rateLimited" || kind === "registryError";
  const said = findErrorText(reply.body);
  return new RegistryFailure(
    kind,
    `${call.method} ${call.url.origin}${call.url.pathname} was answered with ${reply.status}${said === "" ? "" : ` (${said})`}`,
    {
      ...(passes && { retryAfterMs: parseRetryAfter(reply.headers["retry-after"], new Date()) }),
      ...(reply.status === 413 && { todo: "ask the registry's operator to take larger uploads" }),
    },
  );
}

function kindOf(status: number): RegistryFailureKind {
  if (status === 401) return "unauthorized";
  if (status === 403) return "denied";
  if (status === 404) return "notFound";
  if (status === 405) return "unsupported";
  if (status === 413) return "tooLarge";
  if (status === 429) return "rateLimited";
  return status >= 500 ? "registryError" : "badAnswer";
}

/** The codes of the registry's own error document, such as MANIFEST_UNKNOWN; its free text is not repeated. */
function findErrorText(body: Buffer): string {
  const errors = findJsonObject(body.toString("utf8"))?.["errors"];
  if (!Array.isArray(errors)) return "";
  const codes = errors.map((error: unknown) => (isJsonObject(error) ? error["code"] : undefined));
  return codes
    .filter((code) => typeof code === "string" && /^[A-Z_]{1,40}$/.test(code))
    .slice(0, 4)
    .join(", ");
}
