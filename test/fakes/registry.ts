import http from "node:http";
import https from "node:https";
import { buffer } from "node:stream/consumers";
import { answerAsRegistry, type Contents } from "./registry-answers.ts";

/** Answers in the registry's place when it returns true; what it waits for, the answer waits for, too. */
export type Fault = (
  request: http.IncomingMessage,
  response: http.ServerResponse,
) => boolean | Promise<boolean>;

/** What registries may have or lack. */
export interface FakeRegistryOptions {
  /** Speaks TLS; both in PEM. */
  readonly tls?: { readonly cert: Buffer; readonly key: Buffer };
  /** Lists referrers itself, as few do. */
  readonly referrersApi?: boolean;
  /** Of a blob that is sent in pieces, for all but the last. */
  readonly leastPieceBytes?: number;
  /** The most tags in one page, whatever is asked for. */
  readonly tagsPerPage?: number;
}

/** A small OCI registry in this process, which lies and fails when told to. */
export interface FakeRegistry extends AsyncDisposable, Contents {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `METHOD path` of every request, and the scheme of its login. */
  readonly log: { readonly line: string; readonly login: string | undefined }[];
  fault: Fault | undefined;
  /** Does what such a request asks for, and never answers: the connection is gone. */
  losesAnswer: ((request: http.IncomingMessage) => boolean) | undefined;
}

export async function startFakeRegistry(options: FakeRegistryOptions = {}): Promise<FakeRegistry> {
  const listener: http.RequestListener = (request, response) => void serve(request, response);
  const server =
    options.tls === undefined ? http.createServer(listener) : https.createServer(options.tls, listener);
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const registry: FakeRegistry = {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    log: [],
    blobByDigest: new Map(),
    manifestByName: new Map(),
    uploadById: new Map(),
    fault: undefined,
    losesAnswer: undefined,
    async [Symbol.asyncDispose]() {
      const { promise: closed, resolve: done } = Promise.withResolvers<void>();
      server.close(() => done());
      server.closeAllConnections();
      await closed;
    },
  };

  async function serve(request: http.IncomingMessage, response: http.ServerResponse): Promise<void> {
    const [login] = request.headers.authorization?.split(" ") ?? [];
    registry.log.push({ line: `${request.method} ${request.url}`, login });
    if ((await registry.fault?.(request, response)) === true) return;
    const { method = "GET", url = "", headers: asked } = request;
    const { pathname, searchParams } = new URL(url, "http://fake");
    const question = { method, pathname, searchParams, headers: asked, body: await buffer(request) };
    const { status, headers, body = "" } = answerAsRegistry(question, registry, options);
    if (registry.losesAnswer?.(request) === true) return void response.destroy();
    response.writeHead(status, { "content-length": Buffer.byteLength(body), ...headers });
    response.end(method === "HEAD" ? undefined : body);
  }
  return registry;
}
