import http from "node:http";
import { pipeline } from "node:stream/promises";
import { Transform } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";

/** A real registry behind a line of a certain speed, where requests are counted. */
export interface SlowRegistry extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** `METHOD path` of every request. */
  readonly log: string[];
}

/** @param kibPerSecond of each body, either way; without it, as fast as the registry. */
export async function startSlowRegistry(registry: string, kibPerSecond = Infinity): Promise<SlowRegistry> {
  const [hostname = "", port] = registry.split(":");
  const log: string[] = [];
  const server = http.createServer((request, response) => {
    const { method, url, headers } = request;
    log.push(`${method} ${url}`);
    const forward = http.request({ hostname, port, method, path: url, headers, agent: false }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      void pipeline(answer, slowly(kibPerSecond), response).catch(() => response.destroy());
    });
    void pipeline(request, slowly(kibPerSecond), forward).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    host: `127.0.0.1:${typeof address === "object" ? address?.port : ""}`,
    log,
    async [Symbol.asyncDispose]() {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function slowly(kibPerSecond: number): Transform {
  return new Transform({
    async transform(piece: Buffer, _, done) {
      await sleep(piece.length / 1.024 / kibPerSecond);
      done(null, piece);
    },
  });
}
