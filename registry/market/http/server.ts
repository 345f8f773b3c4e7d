import http from "node:http";
import type { AddressInfo } from "node:net";
import { waits } from "../waits.ts";
import { shareConnections } from "./connections.ts";
import { Outflow } from "./outflow.ts";
import { respond } from "./respond.ts";
import type { Route } from "./answer.ts";
import { RateLimiter } from "./rate.ts";

export interface MarketServerOptions {
  readonly routes: readonly Route[];
  /** The address to listen at. */
  readonly host: string;
  /** 0: any that is free. */
  readonly port: number;
  /** The names, in lower case, under which visitors may ask; addresses and `localhost` need none. */
  readonly names: readonly string[];
  /** Told what went wrong inside, which visitors aren't. */
  readonly onFault: (error: unknown) => void;
}

export interface MarketServer {
  readonly port: number;
  /** Answers what is being asked, for some seconds, and ends. */
  close(): Promise<void>;
}

const RATE = { perSecond: 50, burst: 300 };
const LEAVE_MS = 3_000;
const LIMITS = {
  maxHeaderSize: 16 * 2 ** 10,
  headersTimeout: 5_000,
  requestTimeout: 15_000,
  keepAliveTimeout: 5_000,
  connectionsCheckingInterval: 1_000,
};
const MAX_CONNECTIONS = 512;
/** For an answer to be taken by a visitor that reads slowly, or not at all. */
const SOCKET_IDLE_MS = 20_000;

/** Serves pages to anybody. Rejects when the address can't be had. */
export async function startMarketServer(options: MarketServerOptions): Promise<MarketServer> {
  const ending = new AbortController();
  const limiter = new RateLimiter(RATE);
  const outflow = new Outflow();
  const server = http.createServer(LIMITS, (request, response) => {
    void respond(request, response, { ...options, limiter, outflow, ending: ending.signal });
  });
  server.maxConnections = MAX_CONNECTIONS;
  shareConnections(server);
  server.setTimeout(SOCKET_IDLE_MS);
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(options.port, options.host, resolve);
  await promise;
  return {
    port: (server.address() as AddressInfo).port,
    close: async () => {
      const closed = Promise.withResolvers<void>();
      server.close(() => closed.resolve());
      server.closeIdleConnections();
      const left = new AbortController();
      await Promise.race([closed.promise, waits(LEAVE_MS, left.signal)]);
      left.abort();
      ending.abort();
      server.closeAllConnections();
      await closed.promise;
    },
  };
}
