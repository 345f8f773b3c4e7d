import { chmod, mkdtemp, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, expect, test } from "vitest";
import { type ClusterConfig, kubernetes, policy } from "../../core/cluster-config.ts";
import { makeCertificates } from "../../test/fakes/certificates.ts";
import { startScriptedApi } from "../../test/fakes/scripted-api.ts";
import { readAccess } from "./access.ts";
import { openClient } from "./client.ts";
import { readServer } from "./server.ts";

const never = new AbortController().signal;
const api = await startScriptedApi();
afterAll(() => api[Symbol.asyncDispose]());

const config = (one: object, two?: object): ClusterConfig => ({
  kubernetes: kubernetes.parse(one),
  ...(two && { policy: policy.parse(two) }),
});
const ask = async (wanted: ClusterConfig) =>
  await (await openClient(wanted)).findPod({ namespace: "default", name: "web" }, never);

test("without a kubeconfig, it is the service account's server", async () => {
  const env = { KUBERNETES_SERVICE_HOST: "fd00::1", KUBERNETES_SERVICE_PORT: "6443" };
  const dir = "/var/run/secrets/kubernetes.io/serviceaccount";
  expect(await readAccess(config({}), env)).toMatchObject({
    server: "https://[fd00::1]:6443",
    authority: { file: `${dir}/ca.crt` },
    token: { file: `${dir}/token` },
    skipsVerify: false,
  });
});

test("without a kubeconfig and outside of a pod, it is said what to do", async () => {
  await expect(readServer(await readAccess(config({ kubeconfig: "" }), {}), false)).rejects.toMatchObject({
    kind: "tryAgainLater",
    details: expect.stringContaining("kubernetes.kubeconfig"),
  });
});

test("CNI-Genie's settings count before the kubeconfig's, and kubernetes.k8s_api_root before policy's", async () => {
  const kubeconfig = await api.writeKubeconfig();
  const own = {
    k8s_api_root: "https://10.0.0.2:6443/api/v1/",
    k8s_auth_token: "t",
    k8s_client_certificate: "/c.pem",
    k8s_client_key: "/k.pem",
    k8s_certificate_authority: "/ca.pem",
  };
  const expected = {
    server: "https://10.0.0.2:6443",
    token: { text: "t" },
    certificate: { file: "/c.pem" },
    key: { file: "/k.pem" },
    authority: { file: "/ca.pem" },
  };
  expect(await readAccess(config({ kubeconfig }, own), {})).toMatchObject(expected);
  expect(await readAccess(config({ kubeconfig, k8s_api_root: "https://a/api/" }, own), {})).toMatchObject({
    ...expected,
    server: "https://a",
  });
  expect(
    await readAccess(config({ kubeconfig, k8s_api_root: "" }, { k8s_auth_token: "" }), {}),
  ).toMatchObject({
    server: api.url,
    token: { text: "secret-1" },
  });
});

test.each([
  "http://127.0.0.1:8080",
  "ftp://a",
  "10.0.0.1:6443",
  "https://u:p@a",
  "https://a?b=c",
  "https://a#b",
  "",
])("%j is no address of an API server", async (k8s_api_root) => {
  const access = await readAccess(config({ k8s_api_root: k8s_api_root || "/" }), {});
  await expect(readServer(access, false)).rejects.toMatchObject({ kind: "invalidConfig" });
});

test("a path in front, as proxies of several clusters have it, is kept", async () => {
  const access = await readAccess(config({ k8s_api_root: "https://proxy/k8s/clusters/c-1/api/v1" }), {});
  expect((await readServer(access, false)).url).toBe("https://proxy/k8s/clusters/c-1");
});

test.each<[string, Readonly<Record<string, unknown>>]>([
  ["whose certificate another authority vouches for", { authority: true }],
  ["whose certificate nobody vouches for", { none: true }],
  ["whose certificate has another name", { "tls-server-name": "kubernetes" }],
])("a server %s is not asked", async (_, { authority, none, ...cluster }) => {
  const other = await makeCertificates(api.folder, `other-${Math.random()}`, { names: ["IP:127.0.0.1"] });
  const own = authority === true ? other.authority : path.join(api.folder, "api/authority.pem");
  const vouched = none === true ? {} : { "certificate-authority": own };
  const kubeconfig = await api.writeKubeconfig({ cluster: { server: api.url, ...vouched, ...cluster } });
  await expect(ask(config({ kubeconfig }))).rejects.toMatchObject({
    kind: "tryAgainLater",
    message: expect.stringMatching(/^the API server can't be reached \(\w+\)$/),
    details: expect.stringContaining("certificate"),
  });
  expect(api.asked).toEqual([]);
});

test("insecure-skip-tls-verify needs the admin's word in genie's own configuration", async () => {
  const cluster = { server: api.url, "insecure-skip-tls-verify": true };
  const kubeconfig = await api.writeKubeconfig({ cluster });
  await expect(ask(config({ kubeconfig }))).rejects.toMatchObject({
    kind: "invalidConfig",
    details: expect.stringMatching(/certificate-authority-data.*kubernetes\.insecureSkipTlsVerify/),
  });
  expect(api.asked).toEqual([]);
  api.answers = [{ body: { metadata: { name: "web" } } }];
  expect(await ask(config({ kubeconfig, insecureSkipTlsVerify: true }))).toMatchObject({ name: "web" });
});

test.each<[string, (file: string) => Promise<unknown>, string]>([
  ["that others may write", (file) => chmod(file, 0o666), "not safe"],
  ["that is gone", (file) => rm(file), "can't be read (ENOENT)"],
  ["that is too long", (file) => writeFile(file, "#".repeat(2 ** 20 + 1)), "not safe"],
])("a kubeconfig %s is not believed", async (_, spoil, message) => {
  const kubeconfig = await api.writeKubeconfig();
  await spoil(kubeconfig);
  await expect(openClient(config({ kubeconfig }))).rejects.toMatchObject({
    kind: "invalidConfig",
    message: expect.stringContaining(message),
  });
  await rm(kubeconfig, { force: true });
});

test("a certificate of who vouches that others may write is not believed", async () => {
  await using folder = await makeFolder();
  const ca = path.join(folder.dir, "ca.pem");
  await writeFile(ca, "");
  await chmod(ca, 0o666);
  const kubeconfig = await api.writeKubeconfig({ cluster: { server: api.url, "certificate-authority": ca } });
  await expect(openClient(config({ kubeconfig }))).rejects.toMatchObject({ kind: "invalidConfig" });
});

const other = await makeCertificates(api.folder, "other", { names: ["IP:127.0.0.1"] });
const base64 = async (file: string) => (await readFile(file)).toString("base64");
const junk = Buffer.from("-----BEGIN CERTIFICATE-----\nsecret\n").toString("base64");

test.each<[string, { cluster?: object; user?: object }, RegExp]>([
  [
    "an authority",
    { cluster: { "certificate-authority-data": junk } },
    /kubeconfig: certificate-authority-data: no certificate authority that can be read \(ERR_\w+\)$/,
  ],
  [
    "an authority that is no base64",
    { cluster: { "certificate-authority-data": "%%%" } },
    /kubeconfig: certificate-authority-data: no certificate authority/,
  ],
  [
    "a client certificate",
    { user: { "client-certificate-data": junk, "client-key": other.key } },
    /kubeconfig: client-certificate-data: no client certificate/,
  ],
  [
    "a client key",
    { user: { "client-certificate": other.certificate, "client-key": other.authority } },
    /other\/authority\.pem: no client key/,
  ],
  [
    "a client certificate without its key",
    { user: { token: "t", "client-certificate": other.certificate } },
    /other\/certificate\.pem: a client certificate without its key$/,
  ],
  [
    "the key of another certificate",
    { user: { "client-certificate": other.authority, "client-key-data": await base64(other.key) } },
    /kubeconfig: client-key-data: not the key of the client certificate$/,
  ],
])("%s that is broken is named with its place", async (_, { cluster, user }, message) => {
  const kubeconfig = await api.writeKubeconfig({
    ...(cluster && { cluster: { server: api.url, ...cluster } }),
    ...(user && { user }),
  });
  const refused = expect.objectContaining({
    kind: "invalidConfig",
    message: expect.stringMatching(message),
    details: expect.not.stringContaining("secret"),
  });
  await expect(openClient(config({ kubeconfig }))).rejects.toEqual(refused);
});

test("a client certificate and its key are handed over", async () => {
  const user = { "client-certificate-data": await base64(other.certificate), "client-key": other.key };
  const access = await readAccess(config({ kubeconfig: await api.writeKubeconfig({ user }) }), {});
  expect((await readServer(access, false)).tls).toEqual({
    ca: await readFile(path.join(api.folder, "api/authority.pem"), "utf8"),
    cert: await readFile(other.certificate, "utf8"),
    key: await readFile(other.key, "utf8"),
    rejectUnauthorized: true,
  });
});

test("a link leads to a kubeconfig, as Kubernetes mounts files", async () => {
  await using folder = await makeFolder();
  const link = path.join(folder.dir, "kubeconfig");
  await symlink(await api.writeKubeconfig(), link);
  expect(await readAccess(config({ kubeconfig: link }), {})).toMatchObject({ server: api.url });
});

async function makeFolder(): Promise<{ dir: string } & AsyncDisposable> {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-access-"));
  return { dir, [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
}
