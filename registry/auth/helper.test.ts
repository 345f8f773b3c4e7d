import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { startFakeRegistry } from "../../test/fakes/registry.ts";
import { RegistryClient } from "../client/client.ts";
import { parseReference } from "../reference.ts";
import type { Credential, Environment } from "./credential.ts";
import { findCredential } from "./credentials.ts";

const HOST = "r.example:5000";
const ALICE = { username: "alice", password: "s3cret" };
const ANSWER = `printf '{"ServerURL":"%s","Username":"alice","Secret":"s3cret"}' "$server"`;

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(path.join(tmpdir(), "genie-helper-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** A helper that notes what it's asked, and goes on with `script`. */
async function writeHelper(script: string): Promise<void> {
  const text = `#!/bin/sh\nread -r server\necho "$1 $server" >> '${folder}/asked'\n${script}\n`;
  await writeFile(path.join(folder, "docker-credential-vault"), text, { mode: 0o755 });
}

const env = () => ({
  PATH: `${folder}:${process.env["PATH"] ?? ""}`,
  REGISTRY_AUTH_FILE: path.join(folder, "auth.json"),
});

async function find(
  settings: unknown,
  { host = HOST, signal, more }: { host?: string; signal?: AbortSignal; more?: Environment } = {},
): Promise<Credential | undefined> {
  await writeFile(path.join(folder, "auth.json"), JSON.stringify(settings));
  return findCredential({ repository: `${host}/team/app`, env: { ...env(), ...more }, signal });
}

const FOR_HOST = { credHelpers: { [HOST]: "vault" } };

test.each<[string, object]>([
  ["a helper for this host", FOR_HOST],
  ["a store for every host", { credsStore: "vault" }],
  ["a store that has this host's login", { auths: { [HOST]: {} }, credsStore: "vault" }],
  ["a helper for this host beside a login for it", { ...FOR_HOST, auths: { [HOST]: { auth: "eDp5" } } }],
])("%s is asked for it by its name", async (_, settings) => {
  await writeHelper(ANSWER);
  expect(await find(settings)).toEqual(ALICE);
  expect(await readFile(path.join(folder, "asked"), "utf8")).toBe(`get ${HOST}\n`);
});

test("Docker Hub goes by the name that docker login writes", async () => {
  await writeHelper(ANSWER);
  const credHelpers = { "https://index.docker.io/v1/": "vault" };
  expect(await find({ credHelpers }, { host: "docker.io" })).toEqual(ALICE);
  expect(await readFile(path.join(folder, "asked"), "utf8")).toBe("get https://index.docker.io/v1/\n");
});

test("a helper sees the environment, but nothing of genie's own", async () => {
  await writeHelper(`env > '${folder}/env'; ${ANSWER}`);
  const more = { GENIE_PASSPHRASE: "s3cret", GENIE_CATALOGUE: "r.example/c", AWS_PROFILE: "team" };
  await find(FOR_HOST, { more });
  const seen = await readFile(path.join(folder, "env"), "utf8");
  expect(seen).toContain("AWS_PROFILE=team");
  expect(seen).not.toContain("GENIE_");
});

test("a helper that has no login leaves us without one", async () => {
  await writeHelper("echo 'credentials not found in native keychain'; exit 1");
  expect(await find(FOR_HOST)).toBeUndefined();
});

test("a token in the place of a password is an identity token", async () => {
  await writeHelper(`echo '{"Username":"<token>","Secret":"t0ken"}'`);
  expect(await find(FOR_HOST)).toEqual({ identityToken: "t0ken" });
});

test.each<[string, string]>([
  ["fails", "echo s3cret; echo s3cret >&2; exit 3"],
  ["answers no JSON", "echo s3cret"],
  ["answers without a name", `echo '{"Secret":"s3cret"}'`],
  ["answers a name with a colon", `echo '{"Username":"a:b","Secret":"s3cret"}'`],
  ["never stops answering", "while :; do echo s3crets3crets3crets3crets3crets3cret; done"],
])("a helper that %s is an error without what it said", async (_, script) => {
  await writeHelper(script);
  const asking = find(FOR_HOST);
  await expect(asking).rejects.toMatchObject({ kind: "credentialHelper", cause: undefined });
  await expect(asking).rejects.toThrow(/^(?!.*s3cret).*docker-credential-vault$/);
});

test.each(["../vault", "a b", "", "-x", "a;b", "x".repeat(65)])("%j is no helper's name", async (name) => {
  await writeHelper(ANSWER);
  await expect(find({ credHelpers: { [HOST]: name } })).rejects.toMatchObject({ kind: "credentialHelper" });
  await expect(readFile(path.join(folder, "asked"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("a helper that waits is stopped with us", async () => {
  await writeHelper("sleep 60");
  const stop = new AbortController();
  setTimeout(() => stop.abort(), 100);
  await expect(find(FOR_HOST, { signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
});

test("no helper is asked before a registry wants a login", async () => {
  await using registry = await startFakeRegistry();
  await writeHelper(ANSWER);
  await writeFile(
    path.join(folder, "auth.json"),
    JSON.stringify({ credHelpers: { [registry.host]: "vault" } }),
  );
  using client = new RegistryClient(parseReference(`${registry.host}/team/app:1`), { env: env() });
  await client.listTags();
  await expect(readFile(path.join(folder, "asked"))).rejects.toMatchObject({ code: "ENOENT" });
  registry.fault = ({ headers }, response) => {
    if (headers.authorization === `Basic ${btoa("alice:s3cret")}`) return false;
    response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end();
    return true;
  };
  await client.listTags();
  expect(await readFile(path.join(folder, "asked"), "utf8")).toBe(`get ${registry.host}\n`);
});
