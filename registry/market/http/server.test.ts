import http from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { afterEach, expect, test } from "vitest";
import { RegistryFailure } from "../../errors.ts";
import type { Route } from "./answer.ts";
import { plainAnswer } from "./respond.ts";
import { type MarketServer, startMarketServer } from "./server.ts";

const HELLO: Route = ({ path }) => (path[0] === "hello" ? plainAnswer(200, "hello") : undefined);

let server: MarketServer | undefined;
afterEach(() => server?.close());

async function serve(...routes: readonly Route[]) {
  const faults: unknown[] = [];
  const options = { host: "127.0.0.1", port: 0, names: ["modules.example"] };
  server = await startMarketServer({ ...options, routes, onFault: (error) => faults.push(error) });
  return { port: server.port, faults };
}

async function ask(port: number, options: http.RequestOptions = {}) {
  const request = http.request({ host: "127.0.0.1", port, path: "/hello", ...options });
  const { promise, resolve, reject } = Promise.withResolvers<http.IncomingMessage>();
  request.once("response", resolve).once("error", reject).end();
  const response = await promise;
  return { status: response.statusCode, headers: response.headers, body: await text(response) };
}

test("every answer says what a browser may do with it: nothing but show it", async () => {
  const { port } = await serve(HELLO);
  for (const path of ["/hello", "/nothing"]) {
    const { headers } = await ask(port, { path });
    expect(headers).toMatchObject({
      "content-security-policy": expect.stringMatching(/^default-src 'none'; .*frame-ancestors 'none'$/),
      "x-content-type-options": "nosniff",
      "referrer-policy": "no-referrer",
    });
    expect(headers["content-security-policy"]).not.toContain("unsafe");
  }
});

test("a page that hasn't changed isn't sent again", async () => {
  const { port } = await serve(HELLO);
  const { etag = "" } = (await ask(port)).headers;
  expect(await ask(port, { headers: { "if-none-match": etag } })).toMatchObject({ status: 304, body: "" });
  expect(await ask(port, { headers: { "if-none-match": '"other"' } })).toMatchObject({ status: 200 });
});

test.each([
  [{ method: "POST" }, 405],
  [{ method: "DELETE" }, 405],
  [{ headers: { host: "evil.example" } }, 421],
  [{ headers: { host: "modules.example" } }, 200],
  [{ method: "HEAD" }, 200],
  [{ path: "/%" }, 400],
  [{ path: "*" }, 400],
  [{ path: `/${"a".repeat(3000)}` }, 414],
  [{ path: "/../../etc/passwd" }, 404],
  [{ path: "/hello%2f..%2f" }, 404],
  [{ headers: { cookie: "a".repeat(20_000) } }, 431],
])("%j is answered with %i", async (options, status) => {
  const { port } = await serve(HELLO);
  expect(await ask(port, options)).toMatchObject({ status });
});

test("what goes wrong inside is told to the admin and not to visitors", async () => {
  const secret = new Error("the password is secret");
  const { port, faults } = await serve(() => Promise.reject(secret));
  const { status, body } = await ask(port);
  expect({ status, body }).toEqual({ status: 500, body: expect.not.stringContaining("secret") });
  expect(faults).toEqual([secret]);
});

test("a registry that fails is not a bug", async () => {
  const { port } = await serve(() => Promise.reject(new RegistryFailure("timeout", "r.example is slow")));
  expect(await ask(port)).toMatchObject({ status: 502 });
});

test("a visitor who asks without end is told to wait", async () => {
  const { port } = await serve(HELLO);
  const agent = new http.Agent({ keepAlive: true, maxSockets: 8 });
  const answers = await Promise.all(Array.from({ length: 900 }, () => ask(port, { agent })));
  agent.destroy();
  const statuses = Map.groupBy(answers, ({ status }) => status);
  expect(new Set(statuses.keys())).toEqual(new Set([200, 429]));
  expect(statuses.get(429)?.[0]?.headers["retry-after"]).toBe("1");
});

test("visitors who ask for much and read none of it don't fill the memory", async () => {
  const { port } = await serve(HELLO, () => ({
    status: 200,
    contentType: "application/wasm",
    body: new Uint8Array(20 * 2 ** 20),
    caching: "ask",
  }));
  const readers = Array.from({ length: 3 }, () => {
    const reader = connect(port, "127.0.0.1").pause();
    reader.on("error", () => undefined);
    reader.write("GET /much HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n");
    return reader;
  });
  const askMuch = async () => (await ask(port, { path: "/much" })).status;
  await expect.poll(askMuch, { timeout: 10_000 }).toBe(503);
  expect(await ask(port)).toMatchObject({ status: 200 });
  for (const reader of readers) reader.destroy();
  await expect.poll(askMuch, { timeout: 10_000 }).toBe(200);
});

test("a visitor who opens connections without end, and asks for nothing, keeps nobody else out", async () => {
  const { port } = await serve(HELLO);
  const sockets = Array.from({ length: 600 }, () =>
    connect({ port, host: "127.0.0.1", localAddress: "127.0.0.2" }),
  );
  const opened = sockets.map(async (socket) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    socket.on("error", () => resolve()).once("connect", resolve);
    await promise;
    socket.write("GET /hello HTTP/1.1\r\nHost: ");
  });
  await Promise.all(opened);
  expect(await ask(port)).toMatchObject({ status: 200 });
  for (const socket of sockets) socket.destroy();
});

test("an end waits for an answer that is being made, and not for visitors who only hold a connection", async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  const { port } = await serve(async () => {
    onAsked();
    await released;
    return plainAnswer(200, "late");
  });
  const idle = connect(port, "127.0.0.1");
  idle.on("error", () => undefined);
  const answer = ask(port);
  await asked;
  const closed = server?.close();
  release();
  expect(await answer).toMatchObject({ status: 200, body: "late\n" });
  await closed;
  idle.destroy();
});

test("an answer that never comes doesn't keep the server from ending", async () => {
  const { promise: asked, resolve: onAsked } = Promise.withResolvers<void>();
  const { port } = await serve(() => {
    onAsked();
    return new Promise(() => undefined);
  });
  const answer = ask(port).catch((error: unknown) => error);
  await asked;
  await server?.close();
  expect(await answer).toBeInstanceOf(Error);
});

test("a port that is taken is an error", async () => {
  const { port } = await serve(HELLO);
  const options = { host: "127.0.0.1", port, names: [], routes: [], onFault: () => undefined };
  await expect(startMarketServer(options)).rejects.toMatchObject({ code: "EADDRINUSE" });
});
