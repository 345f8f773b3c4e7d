import http from "node:http";
import https from "node:https";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { RegistryFailure } from "../errors.ts";
import type { Proxies } from "./proxies.ts";

export const CHECK_PROXY = "check HTTPS_PROXY and HTTP_PROXY, or name the registry's host in NO_PROXY";

/** Of what a proxy says before the tunnel is there, which node keeps whatever its length. */
const MAX_TUNNEL_ANSWER_BYTES = 32 * 2 ** 10;

export interface Way {
  readonly agent: http.Agent;
  /** By way of which a URL is asked for; undefined: straight. */
  readonly proxy: URL | undefined;
}

/** Connections that are kept open, straight and by way of proxies. */
export class Agents implements Disposable {
  readonly #proxies: Proxies;
  readonly #agentByWay = new Map<string, http.Agent>();

  constructor(proxies: Proxies) {
    this.#proxies = proxies;
  }

  /** @throws {RegistryFailure} invalidProxy */
  findWay(url: URL): Way {
    const proxy = this.#proxies.findFor(url);
    const key = `${url.protocol} ${proxy?.href ?? ""}`;
    const agent = this.#agentByWay.get(key) ?? makeAgent(url, proxy);
    this.#agentByWay.set(key, agent);
    return { agent, proxy };
  }

  [Symbol.dispose](): void {
    for (const agent of this.#agentByWay.values()) agent.destroy();
  }
}

function makeAgent({ protocol }: URL, proxy: URL | undefined): http.Agent {
  const keepAlive = true;
  if (protocol !== "https:") return new http.Agent({ keepAlive, proxyEnv: { http_proxy: proxy?.href } });
  return proxy === undefined
    ? new https.Agent({ keepAlive })
    : new TunnelAgent({ keepAlive, proxyEnv: { https_proxy: proxy.href } });
}

/** Node knows nothing of a tunnel before it is there: one that a proxy never opens would hold the process. */
class TunnelAgent extends https.Agent {
  readonly #opened = new Set<Duplex>();

  override createConnection(...args: Parameters<https.Agent["createConnection"]>): Duplex | null | undefined {
    const socket = super.createConnection(...args);
    if (!(socket instanceof Socket)) return socket;
    this.#opened.add(socket);
    return boundAnswer(socket).once("close", () => this.#opened.delete(socket));
  }

  override destroy(): void {
    for (const socket of this.#opened) socket.destroy();
    super.destroy();
  }
}

/** Once there is a tunnel, what comes through it is no longer this socket's to read. */
function boundAnswer(socket: Socket): Socket {
  return socket.on("readable", () => {
    if (socket.bytesRead <= MAX_TUNNEL_ANSWER_BYTES) return;
    const message = `the proxy answers CONNECT with more than ${MAX_TUNNEL_ANSWER_BYTES} bytes`;
    socket.destroy(new RegistryFailure("unreachable", message, { todo: CHECK_PROXY }));
  });
}
