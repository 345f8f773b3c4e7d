import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from "vitest";
import { type Certified, makeCertificates } from "../../test/fakes/certificates.ts";
import { type FakeProxy, startProxy } from "../../test/fakes/proxy.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import type { Environment } from "../auth/credential.ts";
import { sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { RegistryClient } from "./client.ts";
import { type HostSettings, NO_HOST_SETTINGS, readHostSettings } from "./host-settings.ts";
import { Proxies } from "./proxies.ts";

const BLOB = Buffer.from("blob");
const AT = { mediaType: "application/octet-stream", digest: sha256(BLOB), size: BLOB.length };
/** Nobody but the proxy knows it. */
const HOST = "registry.invalid";

let folder: string;
let certified: Certified;
let trusting: HostSettings;
let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let proxy: FakeProxy;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-proxy-"));
  certified = await makeCertificates(folder, "good", { names: [`DNS:${HOST}`] });
  trusting = await readHostSettings({ file: undefined, caFile: certified.authority });
});
afterAll(() => rm(folder, { recursive: true }));
beforeEach(() => {
  undo = new AsyncDisposableStack();
});
afterEach(() => undo.disposeAsync());

async function start({ tls = true } = {}): Promise<void> {
  const files = { cert: await readFile(certified.certificate), key: await readFile(certified.key) };
  registry = undo.use(await startFakeRegistry(tls ? { tls: files } : {}));
  registry.blobByDigest.set(AT.digest, BLOB);
  proxy = undo.use(await startProxy(registry.host));
}

async function getBlob(host: string, hosts: HostSettings, env: Environment): Promise<Buffer> {
  const limits = { retries: 0, connectMs: 500 };
  using client = new RegistryClient(parseReference(`${host}/genie/scorer:1`), {
    env: { HOME: "/nonexistent", ...env },
    hosts,
    limits,
  });
  return await client.getBlob(AT);
}

test("a registry that the proxy alone knows is asked through a tunnel, and shows its own certificate", async () => {
  await start();
  const env = { HTTPS_PROXY: `http://me:s%40cret@${proxy.host}`, HTTP_PROXY: "http://127.0.0.1:1" };
  expect(await getBlob(HOST, trusting, env)).toEqual(BLOB);
  const login = `Basic ${Buffer.from("me:s@cret").toString("base64")}`;
  expect(proxy.log).toEqual([{ line: `CONNECT ${HOST}:443`, login }]);
  await expect(getBlob(HOST, NO_HOST_SETTINGS, env)).rejects.toMatchObject({ kind: "badCertificate" });
  await expect(getBlob("other.invalid", trusting, env)).rejects.toMatchObject({ kind: "badCertificate" });
  await expect.poll(() => proxy.open.size).toBe(0);
});

test("plain http, where the admin allows it, is asked of the proxy", async () => {
  await start({ tls: false });
  const hosts = { ...NO_HOST_SETTINGS, insecure: [HOST] };
  expect(await getBlob(HOST, hosts, { http_proxy: proxy.host, HTTP_PROXY: "http://127.0.0.1:1" })).toEqual(
    BLOB,
  );
  expect(proxy.log.map(({ line }) => line)).toEqual([
    `GET http://${HOST}/v2/genie/scorer/blobs/${AT.digest}`,
  ]);
});

test("a registry of this machine is asked straight, and addresses that may not be used are asked of nobody", async () => {
  await start({ tls: false });
  const env = { HTTP_PROXY: `http://${proxy.host}`, HTTPS_PROXY: `http://${proxy.host}` };
  expect(await getBlob(registry.host, NO_HOST_SETTINGS, env)).toEqual(BLOB);
  await expect(getBlob("169.254.169.254", NO_HOST_SETTINGS, env)).rejects.toMatchObject({
    kind: "addressDenied",
  });
  expect(proxy.log).toEqual([]);
});

test.each([
  [407, "it answers with 407"],
  [503, "it answers with 503"],
])("a proxy that opens no tunnel (%d) is named, without the login", async (status, said) => {
  await start();
  proxy.status = status;
  const asking = getBlob(HOST, trusting, { HTTPS_PROXY: `http://me:secret@${proxy.host}` });
  await expect(asking).rejects.toMatchObject({
    kind: "unreachable",
    message: `GET https://${HOST}/v2/genie/scorer/blobs/${AT.digest} by way of the proxy http://${proxy.host}: no connection (${said})`,
    todo: expect.stringContaining("NO_PROXY"),
  });
  await expect.poll(() => proxy.open.size).toBe(0);
});

test("of what a proxy says in place of a tunnel, no more is kept than of an answer's headers", async () => {
  await start();
  proxy.status = Infinity;
  const before = process.memoryUsage().rss;
  const asking = getBlob(HOST, trusting, { HTTPS_PROXY: `http://${proxy.host}` });
  await expect(asking).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("more than 32768 bytes"),
  });
  expect(process.memoryUsage().rss - before).toBeLessThan(2 ** 26);
  await expect.poll(() => proxy.open.size).toBe(0);
});

test("a proxy that is away or silent is left when a connection is due, and no connection to it stays", async () => {
  await start();
  proxy.status = 0;
  const silent = getBlob(HOST, trusting, { HTTPS_PROXY: `http://${proxy.host}` });
  await expect(silent).rejects.toMatchObject({ kind: "timeout" });
  await expect(silent).rejects.toThrow("500 ms without a connection");
  await expect.poll(() => proxy.open.size).toBe(0);
  await proxy[Symbol.asyncDispose]();
  await expect(getBlob(HOST, trusting, { HTTPS_PROXY: `http://${proxy.host}` })).rejects.toMatchObject({
    kind: "unreachable",
    message: expect.stringContaining("(ECONNREFUSED)"),
  });
});

test.each(["https://proxy:3128", "socks5://proxy", "http://", "http://%zz@proxy", "://"])(
  "what is no proxy that we can use is told, and not shown: %s",
  (value) => {
    const finding = () => new Proxies({ HTTPS_PROXY: value }).findFor(new URL("https://registry.example"));
    expect(finding).toThrow(expect.objectContaining({ kind: "invalidProxy" }));
    expect(finding).toThrow(/^what stands in HTTPS_PROXY is no http:\/\/HOST:PORT$/);
  },
);

test.each([
  ["", "https://registry.example", false],
  ["*", "https://registry.example", true],
  ["example", "https://registry.example", true],
  ["other, .EXAMPLE", "https://registry.example", true],
  ["*.example", "https://registry.example", true],
  ["gistry.example", "https://registry.example", false],
  ["registry.example:443", "https://registry.example", true],
  ["registry.example:5000", "https://registry.example", false],
  ["registry.example:5000", "https://registry.example:5000", true],
  ["10.0.0.0/8,x", "https://10.1.2.3:5000", true],
  ["10.0.0.0/8", "https://11.1.2.3", false],
  ["10.1.2.3", "https://10.1.2.3", true],
  ["10.1.2.3:80", "https://10.1.2.3", false],
  ["fd00::/8", "https://[fd00::1]", true],
  ["fd00::1", "https://[fd00::1]:5000", true],
  ["[fd00::1]:5000", "https://[fd00::1]:5000", true],
  ["fd00::/8", "https://10.1.2.3", false],
  ["10.0.0.0/8", "https://registry.example", false],
])("NO_PROXY=%s, %s is exempt: %s", (exempt, url, isExempt) => {
  const env = { HTTPS_PROXY: "proxy:3128", NO_PROXY: exempt };
  expect(new Proxies(env).findFor(new URL(url))?.origin).toBe(isExempt ? undefined : "http://proxy:3128");
});
