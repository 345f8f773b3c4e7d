import { mkdtemp, rm, writeFile } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { planArtifact } from "../artifact/artifact.ts";
import { RegistryClient } from "../client/client.ts";
import { parseReference } from "../reference.ts";
import { fetchArtifact, pushArtifact } from "../transfer.ts";

let registry: FakeRegistry;
let folder: string;
let env: Record<string, string>;

beforeEach(async () => {
  registry = await startFakeRegistry();
  folder = await mkdtemp(path.join(tmpdir(), "genie-session-"));
  env = { REGISTRY_AUTH_FILE: path.join(folder, "auth.json") };
  await login("alice:secret");
});
afterEach(async () => {
  await rm(folder, { recursive: true });
  await registry[Symbol.asyncDispose]();
});

const login = (pair: string) =>
  writeFile(
    path.join(folder, "auth.json"),
    JSON.stringify({ auths: { [registry.host]: { auth: Buffer.from(pair).toString("base64") } } }),
  );
const basic = (pair: string) => `Basic ${Buffer.from(pair).toString("base64")}`;

function refuse(response: ServerResponse, challenge: string): true {
  response.writeHead(401, { "www-authenticate": challenge }).end();
  return true;
}

async function roundTrip(): Promise<void> {
  const reference = parseReference(`${registry.host}/team/app:1`);
  const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  await pushArtifact(artifact, reference, { env });
  expect((await fetchArtifact(reference, { env })).digest).toBe(artifact.digest);
}

test("logs in with a password when it's asked for one", async () => {
  registry.fault = ({ headers }, response) =>
    headers.authorization !== basic("alice:secret") && refuse(response, 'Basic realm="x"');
  await roundTrip();
});

/** Tokens are good for the scope they were asked for. */
function demandTokens(): { scopes: string[] } {
  const scopes: string[] = [];
  registry.fault = ({ method, url = "", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://fake");
    if (pathname === "/token") {
      if (headers.authorization !== basic("alice:secret")) return refuse(response, "Basic");
      scopes.push(searchParams.get("scope") ?? "");
      response.end(JSON.stringify({ token: `token-${scopes.at(-1)}`, expires_in: 300 }));
      return true;
    }
    const action = method === "GET" ? "pull" : "pull,push";
    if (headers.authorization === `Bearer token-repository:team/app:${action}`) return false;
    const challenge = `Bearer realm="http://${registry.host}/token",service="fake",scope="repository:*:*"`;
    return refuse(response, challenge);
  };
  return { scopes };
}

test("asks for a token with a scope of its own, once an action", async () => {
  const { scopes } = demandTokens();
  await roundTrip();
  expect(scopes).toEqual(["repository:team/app:pull,push", "repository:team/app:pull"]);
});

test("a token that has ended is asked for again", async () => {
  const { scopes } = demandTokens();
  using client = new RegistryClient(parseReference(`${registry.host}/team/app:1`), { env });
  await client.listTags();
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + 291_000 });
  await client.listTags();
  vi.useRealTimers();
  expect(scopes).toEqual(["repository:team/app:pull", "repository:team/app:pull"]);
});

test("a token that the registry has forgotten is asked for again, once a request", async () => {
  const { scopes } = demandTokens();
  const fault = registry.fault;
  using client = new RegistryClient(parseReference(`${registry.host}/team/app:1`), { env });
  await client.listTags();
  let forgets = 1;
  registry.fault = (request, response) =>
    !request.url?.startsWith("/token") && forgets-- > 0
      ? refuse(response, `Bearer realm="http://${registry.host}/token"`)
      : fault?.(request, response) === true;
  await client.listTags();
  expect(scopes).toHaveLength(2);
  forgets = Infinity;
  await expect(client.listTags()).rejects.toMatchObject({ kind: "unauthorized" });
  expect(scopes).toHaveLength(3);
});

test("a mount asks for the right to read the other repository, and does without", async () => {
  const scopes: string[][] = [];
  registry.fault = ({ url = "", headers }, response) => {
    const { pathname, searchParams } = new URL(url, "http://fake");
    if (pathname === "/token") {
      scopes.push(searchParams.getAll("scope"));
      if (scopes.at(-1)?.length === 2) response.writeHead(403).end();
      else response.end(JSON.stringify({ token: "t" }));
      return true;
    }
    const isFree = headers.authorization === "Bearer t";
    return !isFree && refuse(response, `Bearer realm="http://${registry.host}/token?scope=repository:*:*"`);
  };
  using client = new RegistryClient(parseReference(`${registry.host}/team/app:1`), { env });
  await client.putBlob(Buffer.from("blob"), { mountFrom: "team/source" });
  const push = "repository:team/app:pull,push";
  expect(scopes).toEqual([[push], [push, "repository:team/source:pull"]]);
  expect(registry.blobByDigest.size).toBe(1);
});

test("a wrong password is told and not repeated", async () => {
  demandTokens();
  await login("alice:wrong");
  await expect(roundTrip()).rejects.toMatchObject({ kind: "unauthorized" });
  expect(registry.log.filter(({ line }) => line.startsWith("GET /token"))).toHaveLength(1);
});

test("a token too long for any header is told, and not tried", async () => {
  registry.fault = ({ url = "" }, response) => {
    if (!url.startsWith("/token")) return refuse(response, `Bearer realm="http://${registry.host}/token"`);
    response.end(JSON.stringify({ token: "x".repeat(64 * 2 ** 10 + 1) }));
    return true;
  };
  await expect(roundTrip()).rejects.toMatchObject({
    kind: "badAnswer",
    message: `${registry.host} gave a token of 65537 characters, more than 65536`,
  });
  expect(registry.log).toHaveLength(2);
});

test("the password doesn't appear in what is told", async () => {
  registry.fault = (_, response) => refuse(response, 'Basic realm="x"');
  await expect(roundTrip()).rejects.toThrow(/^(?!.*(?:secret|YWxpY2U))/);
});

test("no login goes to another origin, nor back after a detour", async () => {
  await using elsewhere = await startFakeRegistry();
  registry.fault = ({ headers }, response) =>
    headers.authorization !== basic("alice:secret") && refuse(response, 'Basic realm="x"');
  await roundTrip();
  registry.fault = ({ url, headers }, response) => {
    if (headers.authorization === undefined && url?.includes("?back") !== true)
      return refuse(response, 'Basic realm="x"');
    if (url?.includes("/blobs/") !== true || url.includes("?back")) return false;
    response.writeHead(307, { location: `http://${elsewhere.host}${url}` }).end();
    return true;
  };
  elsewhere.fault = ({ url }, response) => {
    response.writeHead(307, { location: `http://${registry.host}${url}?back` }).end();
    return true;
  };
  registry.log.length = 0;
  await fetchArtifact(parseReference(`${registry.host}/team/app:1`), { env }).catch(() => undefined);
  expect(elsewhere.log.length).toBeGreaterThan(0);
  expect(elsewhere.log.filter(({ login: scheme }) => scheme !== undefined)).toEqual([]);
  expect(
    registry.log.filter(({ line, login: scheme }) => line.includes("?back") && scheme !== undefined),
  ).toEqual([]);
});

test("a place that a registry redirects to can't ask for the login", async () => {
  await using elsewhere = await startFakeRegistry();
  await roundTrip();
  registry.fault = ({ url = "" }, response) => {
    if (!url.includes("/blobs/")) return false;
    response.writeHead(307, { location: `http://${elsewhere.host}${url}` }).end();
    return true;
  };
  elsewhere.fault = (_, response) => refuse(response, `Bearer realm="http://${elsewhere.host}/token"`);
  const pull = fetchArtifact(parseReference(`${registry.host}/team/app:1`), { env });
  await expect(pull).rejects.toMatchObject({ kind: "unauthorized" });
  expect(elsewhere.log.filter(({ line }) => line.includes("/token"))).toEqual([]);
});
