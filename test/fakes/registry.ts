import { randomUUID } from "node:crypto";
import http from "node:http";
import { buffer } from "node:stream/consumers";
import { sha256 } from "../../registry/digest.ts";

/** Answers in the registry's place when it returns true. */
export type Fault = (request: http.IncomingMessage, response: http.ServerResponse) => boolean;

/** A small OCI registry in this process, which lies and fails when told to. */
export interface FakeRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `METHOD path` of every request, and the scheme of its login. */
  readonly log: { readonly line: string; readonly login: string | undefined }[];
  readonly blobByDigest: Map<string, Buffer>;
  /** By `repository/name`, where name is a tag or a digest. */
  readonly manifestByName: Map<string, Buffer>;
  fault: Fault | undefined;
}

interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: Buffer | string;
}

const MANIFEST_TYPE = "application/vnd.oci.image.manifest.v1+json";
const NOT_FOUND: Answer = {
  status: 404,
  body: '{"errors":[{"code":"NOT_FOUND","message":"no such thing"}]}',
};

export async function startFakeRegistry(): Promise<FakeRegistry> {
  const server = http.createServer((request, response) => void serve(request, response));
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  const registry: FakeRegistry = {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    log: [],
    blobByDigest: new Map(),
    manifestByName: new Map(),
    fault: undefined,
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
    if (registry.fault?.(request, response) === true) return;
    const body = await buffer(request);
    const { status, headers, body: answer = "" } = route(registry, request, body);
    response.writeHead(status, { "content-length": Buffer.byteLength(answer), ...headers });
    response.end(request.method === "HEAD" ? undefined : answer);
  }
  return registry;
}

function route(registry: FakeRegistry, { method, url = "" }: http.IncomingMessage, body: Buffer): Answer {
  const { pathname, searchParams } = new URL(url, "http://fake");
  const [, repository, kind, name = ""] =
    /^\/v2\/(.+)\/(manifests|blobs\/uploads|blobs)\/(.*)$/.exec(pathname) ?? [];
  if (repository === undefined) return NOT_FOUND;
  if (kind === "manifests") return routeManifest(registry, { method, name: `${repository}/${name}`, body });
  if (kind === "blobs/uploads" && method === "POST") {
    return { status: 202, headers: { location: `/v2/${repository}/blobs/uploads/${randomUUID()}` } };
  }
  if (kind === "blobs/uploads") {
    registry.blobByDigest.set(searchParams.get("digest") ?? sha256(body), body);
    return { status: 201 };
  }
  const blob = registry.blobByDigest.get(name);
  return blob === undefined ? NOT_FOUND : { status: 200, body: blob };
}

function routeManifest(
  { manifestByName }: FakeRegistry,
  { method, name, body }: { method: string | undefined; name: string; body: Buffer },
): Answer {
  if (method !== "PUT") {
    const manifest = manifestByName.get(name);
    return manifest === undefined
      ? NOT_FOUND
      : { status: 200, headers: { "content-type": MANIFEST_TYPE }, body: manifest };
  }
  manifestByName.set(name, body);
  manifestByName.set(`${name.slice(0, name.lastIndexOf("/"))}/${sha256(body)}`, body);
  return { status: 201, headers: { "docker-content-digest": sha256(body) } };
}
