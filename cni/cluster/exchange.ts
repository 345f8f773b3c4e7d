import http from "node:http";
import https from "node:https";
import type { Server } from "./server.ts";

/** Far above any object: etcd takes no more than 1.5 MiB. */
export const MAX_ANSWER_BYTES = 3 * 2 ** 20;
/** Of an answer that says what went wrong. */
const MAX_ERROR_BYTES = 64 * 2 ** 10;
const MAX_HEADER_BYTES = 32 * 2 ** 10;

export interface ApiCall {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}

export interface ApiReply {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Undefined where there is more of it than an answer has. */
  readonly text: string | undefined;
}

/** What one call's exchanges with a server share. */
export interface Line {
  readonly tls: Server["tls"];
  readonly agent: http.Agent;
  readonly signal: AbortSignal;
}

/** Keeps connections, so that the next question needs no handshake. */
export function openAgent(url: string, options: http.AgentOptions = {}): http.Agent {
  return new (url.startsWith("https:") ? https : http).Agent({ keepAlive: true, ...options });
}

/**
 * One request and its whole answer, bounded in bytes; follows no redirect and inflates nothing.
 *
 * @throws what node says of the connection; the signal's reason when it comes.
 */
export async function exchange(call: ApiCall, { tls, agent, signal }: Line): Promise<ApiReply> {
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  const { method, url, body } = call;
  const headers = {
    "accept-encoding": "identity",
    ...call.headers,
    ...(body !== undefined && { "content-length": String(Buffer.byteLength(body)) }),
  };
  const isSecret = url.startsWith("https:");
  const options = { method, headers, agent, signal, maxHeaderSize: MAX_HEADER_BYTES };
  const request = (isSecret ? https : http).request(url, { ...options, ...(isSecret && tls) }, resolve);
  request.on("error", reject);
  request.end(body);
  try {
    const response = await promise;
    const status = response.statusCode ?? 0;
    const text = await readText(response, status < 300 ? MAX_ANSWER_BYTES : MAX_ERROR_BYTES);
    return { status, headers: response.headers, text };
  } catch (cause) {
    signal.throwIfAborted();
    throw cause;
  }
}

async function readText(response: http.IncomingMessage, maxBytes: number): Promise<string | undefined> {
  const pieces: Buffer[] = [];
  let sizeBytes = 0;
  for await (const piece of response as AsyncIterable<Buffer>) {
    sizeBytes += piece.byteLength;
    if (sizeBytes > maxBytes) return undefined;
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString();
}
