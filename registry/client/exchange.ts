import http from "node:http";
import https from "node:https";
import { findErrno } from "../../core/errors.ts";
import { RegistryFailure } from "../errors.ts";
import { type Agents, CHECK_PROXY, type Way } from "./agents.ts";
import { checkLiteralAddress, guardedLookup } from "./address.ts";
import type { HostRules } from "./host-rules.ts";
import type { Limits } from "./limits.ts";
import type { TransferMeter } from "./meter.ts";
import { Watch } from "./watch.ts";

export interface Call {
  readonly method: "GET" | "HEAD" | "POST" | "PATCH" | "PUT" | "DELETE";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: Uint8Array;
  /** The most that a successful answer's body may have. */
  readonly maxBytes: number;
}

export interface Reply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: Buffer;
  /** That answered, after redirects. */
  readonly url: URL;
}

/** What all exchanges with one registry share. */
export interface Transport {
  readonly limits: Limits;
  readonly rules: HostRules;
  readonly agents: Agents;
  readonly signal: AbortSignal | undefined;
  readonly meter?: TransferMeter | undefined;
}

/** Of an answer that tells what went wrong; more is not read. */
const MAX_ERROR_BYTES = 64 * 2 ** 10;

const SENT_BYTES = 64 * 2 ** 10;

/** Errors of the network that may pass; anything else about a connection stays. */
const PASSING = new Set([
  "ECONNREFUSED",
  "ECONNRESET",
  "EPIPE",
  "ETIMEDOUT",
  "EHOSTUNREACH",
  "ENETUNREACH",
  "EAI_AGAIN",
]);

/** Codes of OpenSSL's checks as node names them. Source: nodejs.org/api/tls.html, "X509 certificate error codes". */
const BAD_CERTIFICATE = /CERT|SELF_SIGNED|INVALID_CA|INVALID_PURPOSE|HOSTNAME_MISMATCH|VERIFY_LEAF/;
const SPEAKS_PLAIN =
  "check the port; if it really speaks plain http, name it under insecure in /etc/genie/registries.json";

/**
 * One request and its whole answer, bounded in time and bytes. Follows no redirect and inflates nothing.
 * @throws {RegistryFailure} timeout, unreachable, truncated, tooLarge, badAnswer, badCertificate, addressDenied,
 * invalidProxy
 */
export async function exchange(call: Call, transport: Transport): Promise<Reply> {
  checkLiteralAddress(call.url, transport.rules.mayBeLoopback(call.url.host));
  const way = transport.agents.findWay(call.url);
  const where = `${call.method} ${call.url.origin}${call.url.pathname}${formatProxy(way)}`;
  using watch = new Watch(where, transport.limits.totalMs, transport.signal);
  let response: http.IncomingMessage | undefined;
  try {
    response = await send(call, { ...transport, agent: way.agent }, watch);
    const body = await readBody(response, call, (bytes) => {
      watch.arm(transport.limits.idleMs, "a byte");
      transport.meter?.moved(bytes);
    });
    return { status: response.statusCode ?? 0, headers: response.headers, body, url: call.url };
  } catch (cause) {
    watch.signal.throwIfAborted();
    throw toFailure(cause, where, response === undefined ? way : undefined);
  }
}

function send(
  call: Call,
  transport: Transport & Pick<Way, "agent">,
  watch: Watch,
): Promise<http.IncomingMessage> {
  const { limits, rules, agent } = transport;
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { host, protocol } = call.url;
  const isSecret = protocol === "https:";
  const request = (isSecret ? https : http).request(call.url, {
    ...(isSecret ? { secureContext: rules.contextFor(host), rejectUnauthorized: true } : {}),
    method: call.method,
    headers: { "accept-encoding": "identity", ...call.headers, ...lengthHeader(call) },
    agent,
    lookup: guardedLookup(rules.mayBeLoopback(host)),
    signal: watch.signal,
    maxHeaderSize: 32 * 2 ** 10,
  });
  watch.arm(limits.connectMs, "a connection");
  request.once("socket", (socket) => {
    if (!socket.connecting) return watch.disarm();
    socket.once(isSecret ? "secureConnect" : "connect", () => watch.disarm());
  });
  request.once("finish", () => watch.arm(limits.headersMs, "an answer"));
  request.once("response", (response) => {
    watch.arm(limits.idleMs, "a byte");
    resolve(response);
  });
  request.on("error", reject);
  // A request that waits for a tunnel says nothing of its end.
  watch.signal.addEventListener("abort", () => reject(watch.signal.reason), { once: true });
  sendBody(request, call, transport);
  return promise;
}

/** In pieces where someone watches: each is counted when it has left us. */
function sendBody(request: http.ClientRequest, { body }: Call, { meter }: Transport): void {
  if (meter === undefined || body === undefined) return void request.end(body);
  for (let at = 0; at < body.byteLength; at += SENT_BYTES) {
    const piece = body.subarray(at, at + SENT_BYTES);
    request.write(piece, (error) => {
      if (!error) meter.moved(piece.byteLength);
    });
  }
  request.end();
}

function lengthHeader({ method, body }: Call): Record<string, string> {
  return method === "POST" || method === "PATCH" || method === "PUT"
    ? { "content-length": String(body?.byteLength ?? 0) }
    : {};
}

async function readBody(
  response: http.IncomingMessage,
  call: Call,
  onPiece: (bytes: number) => void,
): Promise<Buffer> {
  const good = (response.statusCode ?? 0) < 300;
  const maxBytes = good ? call.maxBytes : MAX_ERROR_BYTES;
  const { "content-length": length, "content-encoding": encoding = "identity" } = response.headers;
  if (good && encoding !== "identity")
    throw new RegistryFailure("badAnswer", `${call.url.host} packs its answers (${encoding})`);
  const pieces: Buffer[] = [];
  let size = call.method === "HEAD" ? 0 : Number(length ?? 0);
  if (size <= maxBytes) {
    size = 0;
    for await (const piece of response as AsyncIterable<Buffer>) {
      onPiece(piece.byteLength);
      size += piece.byteLength;
      if (size > maxBytes) break;
      pieces.push(piece);
    }
  }
  if (size <= maxBytes) return Buffer.concat(pieces);
  response.destroy();
  if (!good) return Buffer.alloc(0);
  throw new RegistryFailure(
    "tooLarge",
    `${call.url.host} answers with more than the ${maxBytes} bytes that are expected`,
  );
}

/** @param way when nothing was answered on it yet */
function toFailure(cause: unknown, where: string, way: Way | undefined): unknown {
  if (cause instanceof RegistryFailure) return cause;
  const code = findErrno(cause);
  if (code === undefined) return cause;
  if (code.startsWith("HPE_"))
    return new RegistryFailure("badAnswer", `${where}: no HTTP (${code})`, { cause });
  if (/^(?:EPROTO$|ERR_SSL_)/.test(code))
    return new RegistryFailure("badAnswer", `${where}: no TLS (${code})`, { cause, todo: SPEAKS_PLAIN });
  if (BAD_CERTIFICATE.test(code))
    return new RegistryFailure("badCertificate", `${where}: its certificate isn't good (${code})`, { cause });
  const passing = PASSING.has(code) ? { cause, retryAfterMs: 0 } : { cause };
  if (way === undefined)
    return new RegistryFailure("truncated", `${where}: the answer ended early (${code})`, passing);
  return new RegistryFailure("unreachable", `${where}: no connection (${findRefusal(cause) ?? code})`, {
    ...passing,
    ...(way.proxy !== undefined && { todo: CHECK_PROXY }),
  });
}

/** Of a proxy that opens no tunnel. Source: nodejs.org/api/http.html, "Built-in Proxy Support"; lib/https.js. */
function findRefusal(cause: unknown): string | undefined {
  const status = cause instanceof Error && "statusCode" in cause ? cause.statusCode : undefined;
  return typeof status === "number" ? `it answers with ${status}` : undefined;
}

/** Without its login. */
function formatProxy({ proxy }: Way): string {
  return proxy === undefined ? "" : ` by way of the proxy ${proxy.origin}`;
}
