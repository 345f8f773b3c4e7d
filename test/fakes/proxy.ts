import http from "node:http";
import net, { type AddressInfo } from "node:net";
import type { Duplex } from "node:stream";

/** A proxy as companies have them: it opens tunnels, asks plain http itself, and alone knows where names lead. */
export interface FakeProxy extends AsyncDisposable {
  /** `127.0.0.1:PORT` */
  readonly host: string;
  /** What it was asked for, as `CONNECT registry.test:443` or `GET http://registry.test/v2/`, with the login. */
  readonly log: { readonly line: string; readonly login: string | undefined }[];
  /** Connections that are open. */
  readonly open: ReadonlySet<net.Socket>;
  /** What it answers a CONNECT with; 0: nothing, ever; Infinity: a header without an end. */
  status: number;
}

/** @param target `127.0.0.1:PORT`, where every name leads */
export async function startProxy(target: string): Promise<FakeProxy> {
  const [host = "", port = ""] = target.split(":");
  const server = http.createServer((request, response) => {
    note(request);
    const { method, url, headers } = request;
    const { pathname, search } = new URL(url ?? "");
    const asked = http.request({ host, port, method, headers, path: `${pathname}${search}` }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(response);
    });
    request.pipe(asked);
  });
  server.on("connect", (request, socket) => {
    note(request);
    if (proxy.status === 0) return void socket.resume().on("end", () => socket.destroy());
    if (proxy.status === Infinity) return pour(socket);
    socket.write(`HTTP/1.1 ${proxy.status} As it is\r\n\r\n`);
    if (proxy.status !== 200) return void socket.end();
    const tunnel = net.connect(Number(port), host);
    tunnel.pipe(socket).on("error", () => tunnel.destroy());
    socket.pipe(tunnel).on("error", () => socket.destroy());
  });
  const open = new Set<net.Socket>();
  server.on("connection", (socket) => open.add(socket.once("close", () => open.delete(socket))));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: FakeProxy = {
    host: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    log: [],
    open,
    status: 200,
    async [Symbol.asyncDispose]() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  const note = ({ method, url, headers }: http.IncomingMessage) =>
    proxy.log.push({ line: `${method} ${url}`, login: headers["proxy-authorization"] });
  return proxy;
}

function pour(socket: Duplex): void {
  const piece = Buffer.alloc(64 * 1024, "x");
  const go = () => {
    while (!socket.destroyed && socket.write(piece));
  };
  socket
    .resume()
    .on("error", () => undefined)
    .on("drain", go);
  go();
}
