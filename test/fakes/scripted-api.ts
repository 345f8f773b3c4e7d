import type http from "node:http";
import https from "node:https";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { text } from "node:stream/consumers";
import { openClient } from "../../cni/cluster/client.ts";
import type { Cluster } from "../../core/cluster.ts";
import { kubernetes } from "../../core/cluster-config.ts";
import { makeCertificates } from "./certificates.ts";
import { writeKubeconfig } from "./kubeconfig.ts";

interface AskedQuestion {
  /** `METHOD path?query` */
  readonly line: string;
  readonly headers: http.IncomingHttpHeaders;
  readonly body: string;
}

interface KubeconfigParts {
  readonly cluster?: object;
  readonly user?: object;
}

/** What is answered; a function has the response to itself, and may never end it. */
type Scripted =
  | { readonly status?: number; readonly headers?: http.OutgoingHttpHeaders; readonly body?: unknown }
  | ((response: http.ServerResponse) => void);

/** A server that answers as it is told, for what no API server does on demand. Speaks TLS as one. */
export interface ScriptedApi extends AsyncDisposable {
  readonly url: string;
  /** Of the folder that goes with it. */
  readonly folder: string;
  readonly asked: AskedQuestion[];
  /** One for each question; the last one stays. */
  answers: Scripted[];
  /** From now on: nothing was asked, and these are the answers. */
  script(...answers: Scripted[]): void;
  /** A kubeconfig for this server. JSON is YAML. */
  writeKubeconfig(more?: KubeconfigParts): Promise<string>;
}

export async function startScriptedApi(): Promise<ScriptedApi> {
  await using undo = new AsyncDisposableStack();
  const folder = await mkdtemp(path.join(tmpdir(), "genie-api-"));
  undo.defer(() => rm(folder, { recursive: true }));
  const { certificate, key, authority } = await makeCertificates(folder, "api", {
    names: ["IP:127.0.0.1", "DNS:localhost"],
  });
  const tls = { cert: await readFile(certificate), key: await readFile(key) };
  const server = https.createServer(tls, (request, response) => void serve(api, request, response));
  server.keepAliveTimeout = 60_000; // a slow machine's plugin comes back to the same connection
  const url = undo.adopt(await listen(server), () => close(server));
  const kept = undo.move();
  const api: ScriptedApi = {
    url,
    folder,
    asked: [],
    answers: [],
    script: (...answers) => {
      api.asked.length = 0;
      api.answers = answers;
    },
    writeKubeconfig: async ({ cluster, user = { token: "secret-1" } } = {}) => {
      const usual = { server: url, "certificate-authority": authority };
      return await writeKubeconfig(path.join(folder, "kubeconfig"), { cluster: cluster ?? usual, user });
    },
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
  return api;
}

/** The client as it is on a node, with a kubeconfig for this server. */
export async function openScripted(api: ScriptedApi, written?: KubeconfigParts): Promise<Cluster> {
  const kubeconfig = await api.writeKubeconfig(written);
  return await openClient({ kubernetes: kubernetes.parse({ kubeconfig }) });
}

async function listen(server: https.Server): Promise<string> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await promise;
  const address = server.address();
  return `https://127.0.0.1:${typeof address === "object" ? address?.port : ""}`;
}

async function close(server: https.Server): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

async function serve(
  api: ScriptedApi,
  request: http.IncomingMessage,
  response: http.ServerResponse,
): Promise<void> {
  const { method, url: asked, headers } = request;
  api.asked.push({ line: `${method} ${asked}`, headers, body: await text(request) });
  const answer = api.answers.length > 1 ? api.answers.shift() : api.answers[0];
  if (typeof answer === "function") return answer(response);
  const body = typeof answer?.body === "string" ? answer.body : JSON.stringify(answer?.body ?? {});
  response.writeHead(answer?.status ?? 200, { "content-type": "application/json", ...answer?.headers });
  response.end(body);
}
