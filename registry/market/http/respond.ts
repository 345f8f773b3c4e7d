import { createHash } from "node:crypto";
import type http from "node:http";
import { RegistryFailure } from "../../errors.ts";
import type { Answer, Route, Visit } from "./answer.ts";
import { isOwnHost } from "./host-guard.ts";
import type { Outflow } from "./outflow.ts";
import type { RateLimiter } from "./rate.ts";
import { SAFE_HEADERS } from "./safe-headers.ts";

export interface Responder {
  readonly routes: readonly Route[];
  readonly names: readonly string[];
  readonly limiter: RateLimiter;
  readonly outflow: Outflow;
  readonly ending: AbortSignal;
  readonly onFault: (error: unknown) => void;
}

const MAX_ADDRESS_LENGTH = 2048;
/** For an answer to be made and taken whole. */
const ANSWER_MS = 180_000;
const FOREVER = "public, max-age=31536000, immutable";

/** Answers one request, whatever it is. */
export async function respond(
  request: http.IncomingMessage,
  response: http.ServerResponse,
  responder: Responder,
): Promise<void> {
  request.resume(); // nobody reads a body, which may still be there
  const gone = new AbortController();
  response.once("close", () => gone.abort());
  const signal = AbortSignal.any([gone.signal, responder.ending]);
  const late = setTimeout(() => response.destroy(), ANSWER_MS);
  response.once("close", () => clearTimeout(late));
  const made = await answer(request, responder, signal);
  if (gone.signal.aborted) return;
  const visitor = request.socket.remoteAddress ?? "";
  const mayBeSent = responder.outflow.take(response, visitor, Buffer.byteLength(made.body));
  send(request, response, mayBeSent ? made : TOO_MUCH);
}

async function answer(
  request: http.IncomingMessage,
  { routes, names, limiter, onFault }: Responder,
  signal: AbortSignal,
): Promise<Answer> {
  const refusal = refuse(request, names);
  if (refusal !== undefined) return refusal;
  if (!limiter.take(request.socket.remoteAddress ?? "", performance.now())) {
    return plainAnswer(429, "Too many requests: try again in a second.", { "retry-after": "1" });
  }
  const visit = findVisit(request.url ?? "", signal);
  if (visit === undefined) return plainAnswer(400, "This address can't be read.");
  try {
    for (const route of routes) {
      const found = await route(visit);
      if (found !== undefined) return found;
    }
    return plainAnswer(404, "There is nothing here.");
  } catch (error) {
    if (!signal.aborted) onFault(error);
    const text =
      error instanceof RegistryFailure
        ? "The registry doesn't answer as it should."
        : "A bug; its log tells more.";
    return plainAnswer(error instanceof RegistryFailure ? 502 : 500, text);
  }
}

/** What is refused before anybody looks at what is asked for. */
function refuse(
  { method = "", headers, url = "" }: http.IncomingMessage,
  names: readonly string[],
): Answer | undefined {
  if (!isOwnHost(headers.host, names)) {
    return plainAnswer(421, "This page isn't served under that name: see --name of geniectl market.");
  }
  if (method !== "GET" && method !== "HEAD") {
    return plainAnswer(405, "Everything here is only read.", { allow: "GET, HEAD" });
  }
  return url.length > MAX_ADDRESS_LENGTH ? plainAnswer(414, "This address is too long.") : undefined;
}

/** Undefined for an address that can't be read. */
function findVisit(url: string, signal: AbortSignal): Visit | undefined {
  const parsed = url.startsWith("/") ? URL.parse(`http://market${url}`) : null;
  if (parsed === null) return undefined;
  try {
    const path = parsed.pathname.split("/").slice(1).map(decodeURIComponent);
    return { path, params: parsed.searchParams, signal };
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}

export function plainAnswer(
  status: number,
  text: string,
  headers: Readonly<Record<string, string>> = {},
): Answer {
  return { status, contentType: "text/plain; charset=utf-8", body: `${text}\n`, headers, caching: "ask" };
}

const TOO_MUCH = plainAnswer(503, "Too much of what was asked for wasn't taken yet: try again in a moment.", {
  "retry-after": "5",
});

function send(
  { method, headers: asked }: http.IncomingMessage,
  response: http.ServerResponse,
  { status, contentType, body, headers, caching }: Answer,
): void {
  const bytes = typeof body === "string" ? Buffer.from(body) : body;
  const etag = `"${createHash("sha256").update(bytes).digest("base64url")}"`;
  const known = status === 200 && asked["if-none-match"] === etag;
  response.writeHead(known ? 304 : status, {
    ...SAFE_HEADERS,
    ...(known ? {} : { "content-type": contentType, "content-length": String(bytes.byteLength) }),
    ...(status === 200 && { etag, "cache-control": caching === "forever" ? FOREVER : "no-cache" }),
    ...headers,
  });
  response.end(method === "HEAD" || known ? undefined : bytes);
}
