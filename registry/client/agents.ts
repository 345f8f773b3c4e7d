import http from "node:http";
import https from "node:https";
import type { Duplex } from "node:stream";
import type { Proxies } from "./proxies.ts";

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
    if (!socket) return socket;
    this.#opened.add(socket);
    return socket.once("close", () => this.#opened.delete(socket));
  }

  override destroy(): void {
    for (const socket of this.#opened) socket.destroy();
    super.destroy();
  }
}
