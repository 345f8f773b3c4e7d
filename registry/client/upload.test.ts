import { randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeRegistry, type FakeRegistryOptions, startFakeRegistry } from "../../test/fakes/registry.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";
import { sha256 } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { RegistryClient } from "./client.ts";
import type { Limits } from "./limits.ts";

const PIECE_BYTES = 1000;
const BLOB = randomBytes(4500);
const AT = { mediaType: "application/octet-stream", digest: sha256(BLOB), size: BLOB.length };

function openClient(host: string, limits: Partial<Limits> = {}, repository = "genie/scorer"): RegistryClient {
  const reference = parseReference(`${host}/${repository}:1`);
  return new RegistryClient(reference, {
    env: { HOME: "/nonexistent" },
    limits: { pieceBytes: PIECE_BYTES, retries: 0, ...limits },
  });
}

const methods = ({ log }: FakeRegistry): string[] => log.map(({ line }) => line.split(" ")[0] ?? "");

describe("with docker-registry", () => {
  async function withRegistry(work: (host: string) => Promise<void>): Promise<void> {
    const dir = await mkdtemp(path.join(tmpdir(), "genie-upload-"));
    await using _folder = { [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
    await using registry = await startRegistry({ dir });
    await work(registry.host);
  }

  test("a blob in pieces arrives whole", () =>
    withRegistry(async (host) => {
      using client = openClient(host);
      await client.putBlob(BLOB);
      expect(await client.getBlob(AT)).toEqual(BLOB);
    }));

  test("a blob is mounted from another repository, and sent where it isn't there", () =>
    withRegistry(async (host) => {
      using source = openClient(host, {}, "team/source");
      await source.putBlob(BLOB);
      for (const mountFrom of ["team/source", "team/nothing"]) {
        using target = openClient(host, {}, `target/of/${mountFrom}`);
        await target.putBlob(BLOB, { mountFrom });
        expect(await target.getBlob(AT)).toEqual(BLOB);
      }
    }));
});

test.each<[string, FakeRegistryOptions, string[]]>([
  ["a large blob goes in pieces", {}, ["HEAD", "POST", ...Array<string>(5).fill("PATCH"), "PUT"]],
  [
    "pieces are as large as the registry wants",
    { leastPieceBytes: 2000 },
    ["HEAD", "POST", "PATCH", "PATCH", "PATCH", "PUT"],
  ],
  ["a blob that is smaller than such a piece goes whole", { leastPieceBytes: 4500 }, ["HEAD", "POST", "PUT"]],
])("%s", async (_, options, expected) => {
  await using registry = await startFakeRegistry(options);
  using client = openClient(registry.host);
  await client.putBlob(BLOB);
  expect(methods(registry)).toEqual(expected);
  expect(registry.blobByDigest.get(sha256(BLOB))).toEqual(BLOB);
});

test("a mounted blob isn't sent", async () => {
  await using registry = await startFakeRegistry();
  registry.blobByDigest.set(sha256(BLOB), BLOB);
  registry.fault = ({ method }, response) => method === "HEAD" && response.writeHead(404).end() !== undefined;
  using client = openClient(registry.host);
  await client.putBlob(BLOB, { mountFrom: "team/source" });
  const query = new URLSearchParams({ mount: sha256(BLOB), from: "team/source" });
  expect(registry.log.at(-1)?.line).toBe(`POST /v2/genie/scorer/blobs/uploads/?${query.toString()}`);
});

test.each([401, 403, 404])("a mount that is answered with %d ends in a push", async (status) => {
  await using registry = await startFakeRegistry();
  registry.fault = ({ url = "" }, response) =>
    url.includes("mount=") && response.writeHead(status).end() !== undefined;
  using client = openClient(registry.host);
  await client.putBlob(BLOB, { mountFrom: "team/source" });
  expect(registry.blobByDigest.get(sha256(BLOB))).toEqual(BLOB);
});

/** Fails the third piece as many times as told, having kept what `keep` says of it. */
function failThirdPiece(registry: FakeRegistry, times: number, keepBytes: number): void {
  let pieces = 0;
  registry.fault = (request, response) => {
    if (request.method !== "PATCH" || ++pieces < 3 || times-- <= 0) return false;
    const [id, kept] = [...registry.uploadById][0] ?? ["", Buffer.alloc(0)];
    const at = kept.length;
    registry.uploadById.set(id, Buffer.concat([kept, BLOB.subarray(at, at + keepBytes)]));
    response.destroy();
    return true;
  };
}

test.each([0, 300, 1000])(
  "an upload that was cut goes on where the registry is: %d bytes on",
  async (bytes) => {
    await using registry = await startFakeRegistry();
    failThirdPiece(registry, 1, bytes);
    using client = openClient(registry.host);
    await client.putBlob(BLOB);
    expect(registry.blobByDigest.get(sha256(BLOB))).toEqual(BLOB);
    expect(methods(registry).filter((method) => method === "POST")).toHaveLength(1);
  },
);

test("an upload that is cut again begins anew, as often as we try", async () => {
  await using registry = await startFakeRegistry();
  failThirdPiece(registry, 2, 0);
  using client = openClient(registry.host, { retries: 1 });
  await client.putBlob(BLOB);
  expect(registry.blobByDigest.get(sha256(BLOB))).toEqual(BLOB);
  expect(methods(registry).filter((method) => method === "POST")).toHaveLength(2);
});

test.each<[string, { status?: number; headers: Record<string, string> }, string]>([
  ["counts wrong", { headers: { range: "0-17" } }, "outOfStep"],
  ["doesn't count", { headers: {} }, "badAnswer"],
  ["is always elsewhere", { status: 416, headers: { range: "0-999" } }, "outOfStep"],
  [
    "leads the upload to the metadata service",
    { headers: { range: "0-999", location: "http://169.254.169.254/" } },
    "badRedirect",
  ],
])("a registry that %s gets no blob", async (_, { status = 202, headers }, kind) => {
  await using registry = await startFakeRegistry();
  registry.fault = ({ method, url = "" }, response) => {
    if (method !== "PATCH" && method !== "GET") return false;
    response.writeHead(method === "GET" ? 204 : status, { location: url, ...headers }).end();
    return true;
  };
  using client = openClient(registry.host);
  await expect(client.putBlob(BLOB)).rejects.toMatchObject({ kind });
  expect(registry.blobByDigest.size).toBe(0);
});

test("a registry that wants pieces of no size is refused", async () => {
  await using registry = await startFakeRegistry();
  registry.fault = ({ method }, response) => {
    if (method !== "POST") return false;
    response.writeHead(202, { location: "/v2/u", "oci-chunk-min-length": "-1" }).end();
    return true;
  };
  using client = openClient(registry.host);
  await expect(client.putBlob(BLOB)).rejects.toMatchObject({ kind: "badAnswer" });
});
