import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { type RegistryServer, startRegistry } from "../../test/setup/registry-server.ts";
import { RegistryClient } from "../client/client.ts";
import { sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";

/** `alice:s3cret` */
const LOGIN = "alice:$2y$05$abcdefghijklmnopqrstuuLK7U1u6pVRmL7L1BBM2aS35PSZnDXlK";
const AUTH = Buffer.from("alice:s3cret").toString("base64");
const WRONG = Buffer.from("alice:wrong").toString("base64");
const BLOB = Buffer.from("blob");

const undo = new AsyncDisposableStack();
let folder: string;
let registry: RegistryServer;
beforeAll(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-login-"));
  undo.defer(() => rm(folder, { recursive: true }));
  registry = undo.use(await startRegistry({ dir: path.join(folder, "registry"), login: LOGIN }));
  const helper = `#!/bin/sh\nread -r server\nprintf '{"Username":"alice","Secret":"s3cret"}'\n`;
  await writeFile(path.join(folder, "docker-credential-vault"), helper, { mode: 0o755 });
});
afterAll(() => undo.disposeAsync());
beforeEach(() => rm(path.join(folder, "config.json"), { force: true }));

const PATH = process.env["PATH"] ?? "";

async function push(makeSettings?: (host: string) => object): Promise<Buffer> {
  if (makeSettings !== undefined)
    await writeFile(path.join(folder, "config.json"), JSON.stringify(makeSettings(registry.host)));
  const reference = parseReference(`${registry.host}/team/app:1`);
  const env = { HOME: "/nonexistent", DOCKER_CONFIG: folder, PATH: `${folder}:${PATH}` };
  using client = new RegistryClient(reference, { env });
  await client.putBlob(BLOB);
  return await client.getBlob({ mediaType: "text/plain", digest: sha256(BLOB), size: BLOB.length });
}

test.each<[string, (host: string) => object]>([
  ["a login", (host) => ({ auths: { [host]: { auth: AUTH } } })],
  ["a login under an address", (host) => ({ auths: { [`https://${host}/v2/`]: { auth: AUTH } } })],
  [
    "a login for a part",
    (host) => ({ auths: { [`${host}/team`]: { auth: AUTH }, [host]: { auth: WRONG } } }),
  ],
  ["a helper", (host) => ({ credHelpers: { [host]: "vault" } })],
  ["a store", () => ({ credsStore: "vault" })],
])("docker-registry takes %s out of docker's file", async (_, makeSettings) => {
  expect(await push(makeSettings)).toEqual(BLOB);
});

test.each<[string, ((host: string) => object) | undefined, string]>([
  ["no login", undefined, "unauthorized"],
  ["a wrong password", (host) => ({ auths: { [host]: { auth: WRONG } } }), "unauthorized"],
  [
    "logins for other hosts",
    (host) => ({ auths: { [`${host}1`]: { auth: AUTH }, [`evil${host}`]: { auth: AUTH } } }),
    "unauthorized",
  ],
  ["a helper that isn't there", (host) => ({ credHelpers: { [host]: "gone" } }), "credentialHelper"],
])("docker-registry takes nothing from who has %s", async (_, makeSettings, kind) => {
  await expect(push(makeSettings)).rejects.toMatchObject({ name: "RegistryFailure", kind });
});
