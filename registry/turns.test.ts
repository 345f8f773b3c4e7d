import { mkdtemp, rm } from "node:fs/promises";
import type http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { type FakeRegistry, type Fault, startFakeRegistry } from "../test/fakes/registry.ts";
import { type Artifact, planArtifact } from "./artifact/artifact.ts";
import type { Limits } from "./client/limits.ts";
import { parseReference, type Reference } from "./reference.ts";
import { openStore } from "./store/store.ts";
import { pullInto, pushArtifact } from "./transfer.ts";

const QUICK: Partial<Limits> = { headersMs: 1000, idleMs: 1000, totalMs: 3000, retries: 2 };
const OPTIONS = { env: { HOME: "/nonexistent" }, limits: QUICK };

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let folder: string;
let one: Artifact;
let other: Artifact;
let tagged: Reference;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  folder = await mkdtemp(path.join(tmpdir(), "genie-turns-"));
  undo.defer(() => rm(folder, { recursive: true }));
  one = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  other = planArtifact(await makeComponent(SCORER, "other"), { created: new Date(0) });
  tagged = parseReference(`${registry.host}/team/app:1`);
});
afterEach(() => undo.disposeAsync());

const pull = (reference: Reference = tagged) => pullInto(openStore(folder), reference, OPTIONS);

describe("a registry that swaps a tag between two requests", () => {
  beforeEach(async () => {
    await pushArtifact(other, tagged, OPTIONS);
    await pushArtifact(one, tagged, OPTIONS);
    let asked = 0;
    registry.fault = ({ method, url = "" }, response) => {
      if (method !== "GET" || !url.endsWith("/manifests/1") || asked++ === 0) return false;
      response.end(other.manifest);
      return true;
    };
  });

  test("gives one module, whole", async () => {
    const { digest, wasm } = await pull();
    expect([digest, Buffer.from(wasm)]).toEqual([one.digest, Buffer.from(one.wasm)]);
    expect(await openStore(folder).listEntries()).toMatchObject([{ digest: one.digest }]);
  });

  test("is found out where the digest is written beside the tag", async () => {
    await pull();
    await rm(path.join(folder, "blobs"), { recursive: true });
    await expect(pull({ ...tagged, digest: one.digest })).rejects.toMatchObject({ kind: "digestMismatch" });
    expect(await pull({ ...tagged, tag: undefined, digest: one.digest })).toMatchObject({
      digest: one.digest,
    });
  });
});

/** Fails so many requests that `part` is in; each failure counts. */
function failFirst(
  times: number,
  part: string,
  fail: (response: http.ServerResponse) => unknown,
): { failed: number } {
  const count = { failed: 0 };
  registry.fault = ({ url = "" }, response) => {
    if (!url.includes(part) || count.failed === times) return false;
    count.failed++;
    fail(response);
    return true;
  };
  return count;
}

test.each<[string, (response: http.ServerResponse) => unknown]>([
  [
    "cut",
    (response) => response.writeHead(200, { "content-length": 50 }).write("x", () => response.destroy()),
  ],
  ["refused for a while", (response) => response.writeHead(429, { "retry-after": "0" }).end()],
  ["in trouble", (response) => response.writeHead(500).end()],
  ["gone", (response) => response.destroy()],
])("a pull goes on after a registry was %s twice", async (_, fail) => {
  await pushArtifact(one, tagged, OPTIONS);
  const count = failFirst(2, "/blobs/", fail);
  expect(await pull()).toMatchObject({ digest: one.digest });
  expect(count.failed).toBe(2);
});

test.each([
  ["seconds", () => "1"],
  ["a date", () => new Date(Date.now() + 2000).toUTCString()],
])("a registry that asks to wait is waited for: %s", async (_, header) => {
  await pushArtifact(one, tagged, OPTIONS);
  failFirst(1, "/manifests/1", (response) => response.writeHead(503, { "retry-after": header() }).end());
  const startedMs = performance.now();
  await pull();
  expect(performance.now() - startedMs).toBeGreaterThan(900);
});

const refusing =
  (method: string, part: string, answer: (response: http.ServerResponse) => unknown): Fault =>
  (request, response) => {
    if (request.method !== method || request.url?.includes(part) !== true) return false;
    answer(response);
    return true;
  };

describe("a push that fails publishes nothing", () => {
  test.each<[string, Fault, string]>([
    [
      "no upload begins",
      refusing("POST", "/uploads/", (response) => response.writeHead(500).end()),
      "registryError",
    ],
    [
      "the upload goes elsewhere",
      refusing("POST", "/uploads/", (response) =>
        response.writeHead(202, { location: "http://192.0.2.1/" }).end(),
      ),
      "badRedirect",
    ],
    [
      "an upload is redirected",
      refusing("POST", "/uploads/", (response) => response.writeHead(307, { location: "/x" }).end()),
      "badRedirect",
    ],
    [
      "the upload has no place",
      refusing("POST", "/uploads/", (response) => response.writeHead(202).end()),
      "badRedirect",
    ],
    [
      "a blob is too large",
      refusing("PUT", "/uploads/", (response) => response.writeHead(413).end()),
      "tooLarge",
    ],
    ["nobody may push", refusing("POST", "/uploads/", (response) => response.writeHead(403).end()), "denied"],
    [
      "the manifest is refused",
      refusing("PUT", "/manifests/", (response) => response.writeHead(400).end()),
      "badAnswer",
    ],
    [
      "another manifest is kept",
      refusing("PUT", "/manifests/", (response) =>
        response.writeHead(201, { "docker-content-digest": `sha256:${"0".repeat(64)}` }).end(),
      ),
      "digestMismatch",
    ],
  ])("%s", async (_, fault, kind) => {
    registry.fault = fault;
    await expect(pushArtifact(one, tagged, OPTIONS)).rejects.toMatchObject({ name: "RegistryFailure", kind });
    expect([...registry.manifestByName]).toEqual([]);
  });
});
