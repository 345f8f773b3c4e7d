import dns from "node:dns";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, afterEach, beforeAll, expect, test, vi } from "vitest";
import { type Certified, makeCertificates } from "../../test/fakes/certificates.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { RegistryClient } from "./client.ts";
import { type HostSettings, NO_HOST_SETTINGS, readHostSettings } from "./host-settings.ts";

const NAMES = ["DNS:registry.test", "IP:127.0.0.1"];
const BLOB = Buffer.from("blob");
const AT = { mediaType: "application/octet-stream", digest: sha256(BLOB), size: BLOB.length };

let folder: string;
let good: Certified;
let expired: Certified;
let ofAnother: Certified;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-tls-"));
  good = await makeCertificates(folder, "good", { names: NAMES });
  expired = await makeCertificates(folder, "expired", { names: NAMES, days: -1 });
  ofAnother = await makeCertificates(folder, "another", { names: ["DNS:other.test"] });
});
afterAll(() => rm(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

async function startSecure({ certificate, key }: Certified): Promise<FakeRegistry> {
  const tls = { cert: await readFile(certificate), key: await readFile(key) };
  const registry = await startFakeRegistry({ tls });
  registry.blobByDigest.set(AT.digest, BLOB);
  return registry;
}

/** What names lead to, in this process. */
function nameHosts(addressByName: Readonly<Record<string, string>>): void {
  vi.spyOn(dns, "lookup").mockImplementation(((
    name: string,
    _: unknown,
    answer: (...found: unknown[]) => void,
  ) => {
    const address = addressByName[name];
    if (address === undefined) answer(Object.assign(new Error("no such name"), { code: "ENOTFOUND" }), []);
    else answer(null, [{ address, family: 4 }]);
  }) as typeof dns.lookup);
}

async function getBlob(host: string, hosts: HostSettings): Promise<Buffer> {
  const reference = parseReference(`${host}/genie/scorer:1`);
  using client = new RegistryClient(reference, {
    env: { HOME: "/nonexistent" },
    hosts,
    limits: { retries: 0 },
  });
  return await client.getBlob(AT);
}

const trusting = ({ authority }: Certified) => readHostSettings({ file: undefined, caFile: authority });
const nameOf = ({ host }: FakeRegistry): string => `registry.test:${host.split(":")[1]}`;

test("an authority for every host is believed, on this machine, too", async () => {
  await using registry = await startSecure(good);
  expect(await getBlob(registry.host, await trusting(good))).toEqual(BLOB);
});

test("a registry that never ends the handshake is left when a connection is due", async () => {
  await using server = createServer((socket) => void socket.resume());
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const reference = parseReference(`127.0.0.1:${port}/genie/scorer:1`);
  const limits = { retries: 0, connectMs: 200 };
  const hosts = await trusting(good);
  using client = new RegistryClient(reference, { env: { HOME: "/nonexistent" }, hosts, limits });
  const asking = client.getBlob(AT);
  await expect(asking).rejects.toMatchObject({ kind: "timeout" });
  await expect(asking).rejects.toThrow("200 ms without a connection");
});

test("an authority for one host is believed of that host", async () => {
  await using registry = await startSecure(good);
  nameHosts({ "registry.test": "127.0.0.1" });
  const host = nameOf(registry);
  const { ca = "" } = await trusting(good);
  expect(await getBlob(host, { ...NO_HOST_SETTINGS, caByHost: new Map([[host, ca]]) })).toEqual(BLOB);
  const another = { ...NO_HOST_SETTINGS, caByHost: new Map([["registry.test:1", ca]]) };
  await expect(getBlob(host, another)).rejects.toMatchObject({ kind: "addressDenied" });
  const onlyThere = {
    ...NO_HOST_SETTINGS,
    caByHost: new Map([
      ["127.0.0.1:1", ca],
      [host, ""],
    ]),
  };
  await expect(getBlob(host, onlyThere)).rejects.toMatchObject({ kind: "badCertificate" });
});

test.each<[string, () => Certified, () => Certified]>([
  ["of an unknown authority", () => good, () => expired],
  ["that has ended", () => expired, () => expired],
  ["for another host", () => ofAnother, () => ofAnother],
])("a certificate %s is refused", async (_, served, believed) => {
  await using registry = await startSecure(served());
  await expect(getBlob(registry.host, await trusting(believed()))).rejects.toMatchObject({
    kind: "badCertificate",
    retryAfterMs: undefined,
  });
  expect(registry.log).toEqual([]);
});

test("a registry that speaks plain http where TLS is due is told so", async () => {
  await using registry = await startFakeRegistry();
  const failure = getBlob(registry.host, await trusting(good));
  await expect(failure).rejects.toMatchObject({
    kind: "badAnswer",
    todo: expect.stringContaining("insecure"),
  });
});

test("plain http is spoken with a host that the admin names, and with no other", async () => {
  await using registry = await startFakeRegistry();
  registry.blobByDigest.set(AT.digest, BLOB);
  nameHosts({ "registry.test": "127.0.0.1" });
  const host = nameOf(registry);
  expect(await getBlob(host, { ...NO_HOST_SETTINGS, insecure: [host] })).toEqual(BLOB);
  for (const insecure of [[], ["registry.test"], ["registry.test:1"], [`x${host}`]])
    await expect(getBlob(host, { ...NO_HOST_SETTINGS, insecure })).rejects.toThrow();
});

test.each([
  [
    "a name that leads to the metadata service",
    "https://elsewhere.test/x",
    "169.254.169.254",
    "addressDenied",
  ],
  ["a name that leads to this machine", "https://elsewhere.test/x", "127.0.0.1", "addressDenied"],
  ["plain http", "http://elsewhere.test/x", "192.0.2.1", "badRedirect"],
])("a registry with TLS can't redirect to %s", async (_, ...[location, address, kind]) => {
  await using registry = await startSecure(good);
  nameHosts({ "registry.test": "127.0.0.1", "elsewhere.test": address });
  const host = nameOf(registry);
  const { ca = "" } = await trusting(good);
  registry.fault = (__, response) => response.writeHead(307, { location }).end() !== undefined;
  const hosts = { ...NO_HOST_SETTINGS, caByHost: new Map([[host, ca]]) };
  await expect(getBlob(host, hosts)).rejects.toMatchObject({ kind });
});
