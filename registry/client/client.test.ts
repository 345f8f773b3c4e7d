import { mkdtempDisposable, readdir } from "node:fs/promises";
import http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type FakeRegistry, type Fault, startFakeRegistry } from "../../test/fakes/registry.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { parseReference, type Reference } from "../reference.ts";
import { sha256 } from "../digest.ts";
import { openStore } from "../store/store.ts";
import { fetchArtifact, pullInto, pushArtifact } from "../transfer.ts";
import { RegistryClient } from "./client.ts";
import type { Limits } from "./limits.ts";

const QUICK: Limits = {
  connectMs: 500,
  headersMs: 200,
  idleMs: 200,
  totalMs: 600,
  listMs: 5_000,
  workMs: 20_000,
  undisturbedMs: 5_000,
  redirects: 3,
  retries: 1,
  maxRetryAfterMs: 1500,
  pieceBytes: 4 * 2 ** 20,
  settleMs: 10,
};
const NO_LOGIN = { HOME: "/nonexistent" };

let registry: FakeRegistry;
let artifact: Artifact;
let reference: Reference;

beforeEach(async () => {
  registry = await startFakeRegistry();
  reference = parseReference(`${registry.host}/genie/scorer:1`);
  artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  await pushArtifact(artifact, reference, { env: NO_LOGIN });
  registry.log.length = 0;
});
afterEach(() => registry[Symbol.asyncDispose]());

const pull = (more: { signal?: AbortSignal; reference?: Reference } = {}) =>
  fetchArtifact(more.reference ?? reference, { env: NO_LOGIN, limits: QUICK, ...more });

const isBlob: (request: http.IncomingMessage) => boolean = ({ url }) => url?.includes("/blobs/") === true;

/** A fault for blobs only; the manifest is answered as it should be. */
function onBlobs(answer: (response: http.ServerResponse, request: http.IncomingMessage) => void): Fault {
  return (request, response) => {
    if (!isBlob(request)) return false;
    answer(response, request);
    return true;
  };
}

test("fetches by tag, by digest, and by both", async () => {
  expect((await pull()).digest).toBe(artifact.digest);
  for (const tag of ["1", undefined]) {
    expect(
      Buffer.from((await pull({ reference: { ...reference, tag, digest: artifact.digest } })).wasm),
    ).toEqual(Buffer.from(artifact.wasm));
  }
});

test("sends no blob twice", async () => {
  await pushArtifact(artifact, { ...reference, tag: "2" }, { env: NO_LOGIN });
  expect(registry.log.map(({ line }) => line.split(" ")[0])).toEqual(["HEAD", "HEAD", "PUT"]);
});

test("a tag that has moved away from the digest is an error", async () => {
  const next = planArtifact(await makeComponent(SCORER, "next"), { created: new Date(0) });
  await pushArtifact(next, reference, { env: NO_LOGIN });
  const both = pull({ reference: { ...reference, digest: artifact.digest } });
  await expect(both).rejects.toMatchObject({ kind: "digestMismatch" });
  await expect(both).rejects.toThrow(next.digest);
  expect((await pull({ reference: { ...reference, tag: undefined, digest: artifact.digest } })).digest).toBe(
    artifact.digest,
  );
});

test("a push under a digest that isn't the file's is an error", async () => {
  const other = `sha256:${"0".repeat(64)}` as const;
  const push = pushArtifact(artifact, { ...reference, digest: other }, { env: NO_LOGIN });
  await expect(push).rejects.toMatchObject({ kind: "digestMismatch" });
  expect(registry.log).toEqual([]);
});

test("an endless body is cut at the size that the manifest says", async () => {
  let sentBytes = 0;
  registry.fault = onBlobs((response) => {
    const piece = Buffer.alloc(64 * 2 ** 10);
    const send = () => {
      while (!response.destroyed && response.write(piece)) sentBytes += piece.length;
      response.once("drain", send);
    };
    send();
  });
  await expect(pull()).rejects.toMatchObject({ kind: "tooLarge" });
  expect(sentBytes).toBeLessThan(32 * 2 ** 20);
});

test("a body that drips is stopped by the total deadline", async () => {
  registry.fault = onBlobs((response) => {
    response.writeHead(200, { "content-length": 100 });
    const timer = setInterval(() => response.write("x"), 50);
    response.once("close", () => clearInterval(timer));
  });
  await expect(pull()).rejects.toThrow("600 ms without an end");
});

test("a registry that is slow with each of many answers holds nobody longer than agreed", async () => {
  registry.fault = (_, response) => {
    setTimeout(() => response.writeHead(404).end(), 50);
    return true;
  };
  using client = new RegistryClient(reference, { env: NO_LOGIN, limits: { ...QUICK, workMs: 300 } });
  const askAll = async () => {
    for (let tag = 0; tag < 1_000; tag++) await client.findDigest(String(tag));
  };
  await expect(askAll()).rejects.toMatchObject({
    kind: "timeout",
    message: expect.stringContaining("took more than 300 ms"),
  });
  expect(registry.log.length).toBeLessThanOrEqual(300 / 50);
});

test("a manifest under another digest is refused", async () => {
  const other = planArtifact(await makeComponent(SCORER, "other"), { created: new Date(0) });
  registry.manifestByName.set(`genie/scorer/${artifact.digest}`, Buffer.from(other.manifest));
  const byDigest = { ...reference, tag: undefined, digest: artifact.digest };
  await expect(pull({ reference: byDigest })).rejects.toMatchObject({ kind: "digestMismatch" });
  using client = new RegistryClient(reference, { env: NO_LOGIN });
  await expect(client.getManifest(artifact.digest)).rejects.toMatchObject({ kind: "digestMismatch" });
});

test("a part shorter than the manifest says is refused, whatever its digest, and nothing is stored", async () => {
  await using folder = await mkdtempDisposable(path.join(tmpdir(), "genie-size-"));
  const said = JSON.parse(Buffer.from(artifact.manifest).toString()) as { config: { size: number } };
  const real = said.config.size;
  said.config.size = real + 1;
  registry.manifestByName.set("genie/scorer/1", Buffer.from(JSON.stringify(said)));
  const store = openStore(path.join(folder.path, "store"));
  const pulling = pullInto(store, reference, { env: NO_LOGIN, limits: QUICK });
  await expect(pulling).rejects.toMatchObject({
    kind: "sizeMismatch",
    message: `${registry.host} gave ${real} bytes for ${sha256(artifact.config)}, which was named with ${real + 1}`,
  });
  expect(await readdir(folder.path)).toEqual([]);
});

test("tries again after a failure that may pass", async () => {
  let failures = 0;
  registry.fault = (_, response) => {
    if (failures++ > 0) return false;
    response.writeHead(503, { "retry-after": "0" }).end();
    return true;
  };
  expect((await pull()).digest).toBe(artifact.digest);
  expect(registry.log.slice(0, 2).map(({ line }) => line)).toEqual(
    Array(2).fill("GET /v2/genie/scorer/manifests/1"),
  );
});

test("doesn't wait longer than we're willing to", async () => {
  registry.fault = (_, response) => response.writeHead(429, { "retry-after": "3600" }).end() !== undefined;
  await expect(pull()).rejects.toMatchObject({ kind: "rateLimited", retryAfterMs: 3_600_000 });
  expect(registry.log).toHaveLength(1);
});

test("a registry that isn't there is named", async () => {
  await registry[Symbol.asyncDispose]();
  await expect(pull()).rejects.toMatchObject({ kind: "unreachable" });
  await expect(pull()).rejects.toThrow(registry.host);
  registry = await startFakeRegistry();
});

test("stops when it's told to", async () => {
  const stop = new AbortController();
  registry.fault = () => {
    stop.abort();
    return true;
  };
  await expect(pull({ signal: stop.signal })).rejects.toMatchObject({ name: "AbortError" });
});

test("follows a redirect within this machine", async () => {
  await using mirror = await startFakeRegistry();
  for (const [digest, blob] of registry.blobByDigest) mirror.blobByDigest.set(digest, blob);
  registry.fault = onBlobs((response, { url }) =>
    response.writeHead(307, { location: `http://${mirror.host}${url}` }).end(),
  );
  expect((await pull()).digest).toBe(artifact.digest);
  expect(mirror.log).toHaveLength(2);
});
