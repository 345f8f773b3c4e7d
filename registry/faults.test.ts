import { mkdtemp, readdir, rm } from "node:fs/promises";
import type http from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { type FakeRegistry, type Fault, startFakeRegistry } from "../test/fakes/registry.ts";
import { type Artifact, MEDIA_TYPE, planArtifact } from "./artifact/artifact.ts";
import { sha256 } from "./digest.ts";
import { RegistryFailure } from "./errors.ts";
import type { Limits } from "./client/limits.ts";
import { parseReference, type Reference } from "./reference.ts";
import { openStore } from "./store/store.ts";
import { pullInto, pushArtifact } from "./transfer.ts";

const QUICK: Partial<Limits> = { headersMs: 500, idleMs: 500, totalMs: 1500, redirects: 3, retries: 1 };
const OPTIONS = { env: { HOME: "/nonexistent" }, limits: QUICK };

/** 32 MiB of nothing. */
const BOMB = gzipSync(Buffer.alloc(2 ** 25));

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let folder: string;
let artifact: Artifact;
let other: Artifact;
let tagged: Reference;
let pinned: Reference;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  folder = await mkdtemp(path.join(tmpdir(), "genie-faults-"));
  undo.defer(() => rm(folder, { recursive: true }));
  artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  other = planArtifact(await makeComponent(SCORER, "other"), { created: new Date(0) });
  tagged = parseReference(`${registry.host}/team/app:1`);
  pinned = { ...tagged, tag: undefined, digest: artifact.digest };
  await pushArtifact(artifact, tagged, OPTIONS);
  await pushArtifact(other, { ...tagged, tag: "other" }, OPTIONS);
});
afterEach(() => undo.disposeAsync());

const pull = (reference: Reference = tagged) => pullInto(openStore(folder), reference, OPTIONS);

type Answer = (response: http.ServerResponse, request: http.IncomingMessage) => unknown;

const on =
  (part: string, answer: Answer): Fault =>
  (request, response) => {
    if (request.url?.includes(part) !== true) return false;
    answer(response, request);
    return true;
  };
const onBlobs = (answer: Answer): Fault => on("/blobs/", answer);
const onManifests = (answer: Answer): Fault => on("/manifests/", answer);
const always = (answer: Answer): Fault => on("", answer);

/** The bytes that are asked for, if we have them. */
const bytesFor = ({ url = "" }: http.IncomingMessage): Buffer =>
  registry.blobByDigest.get(url.split("/").at(-1) ?? "") ?? Buffer.from(artifact.manifest);

/** The manifest as it would be after a change; under its tag. */
const withManifest = (change: (manifest: Record<string, unknown>) => object): Fault =>
  onManifests((response) => {
    const manifest: Record<string, unknown> = JSON.parse(Buffer.from(artifact.manifest).toString());
    response.writeHead(200, { "content-type": MEDIA_TYPE.manifest });
    response.end(JSON.stringify({ ...manifest, ...change(manifest) }));
  });
const listLayers = ({ layers }: Record<string, unknown>): object[] => (Array.isArray(layers) ? layers : []);

function flipBit(bytes: Buffer): Buffer {
  const flipped = Buffer.from(bytes);
  flipped.writeUInt8(flipped.readUInt8(10) ^ 1, 10);
  return flipped;
}

const drip: Answer = (response) => {
  response.writeHead(200, { "content-length": 100 });
  const timer = setInterval(() => response.write("x"), 50);
  response.once("close", () => clearInterval(timer));
};

const pour: Answer = (response) => {
  const send = (): void => {
    while (!response.destroyed && response.write(Buffer.alloc(2 ** 16)));
    response.once("drain", send);
  };
  send();
};

const FAULTS: Readonly<Record<string, readonly [Fault, kind: string]>> = {
  "another blob": [onBlobs((response) => response.end(Buffer.from(other.config))), "digestMismatch"],
  "a blob with one bit flipped": [
    onBlobs((response, request) => response.end(flipBit(bytesFor(request)))),
    "digestMismatch",
  ],
  "a blob that is cut": [
    onBlobs((response) =>
      response.writeHead(200, { "content-length": 50 }).write("x", () => response.destroy()),
    ),
    "truncated",
  ],
  "a blob that ends early": [
    onBlobs((response, request) => response.writeHead(200).end(bytesFor(request).subarray(0, 20))),
    "digestMismatch",
  ],
  "a blob that stalls": [
    onBlobs((response) => response.writeHead(200, { "content-length": 50 }).write("x")),
    "timeout",
  ],
  "a blob that drips": [onBlobs(drip), "timeout"],
  "a blob without end": [onBlobs(pour), "tooLarge"],
  "a blob larger than its descriptor says": [
    onBlobs((response) => response.writeHead(200, { "content-length": 5e9 }).write("x")),
    "tooLarge",
  ],
  "a packed blob": [
    onBlobs((response) => response.writeHead(200, { "content-encoding": "gzip" }).end("x")),
    "badAnswer",
  ],
  "a manifest of 5 GB": [
    onManifests((response) => response.writeHead(200, { "content-length": 5e9 }).write("{")),
    "tooLarge",
  ],
  "a manifest that is a zip bomb": [
    onManifests((response) => response.writeHead(200, { "content-encoding": "gzip" }).end(BOMB)),
    "badAnswer",
  ],
  "a manifest without end": [onManifests(pour), "tooLarge"],
  "a manifest that is called an index": [
    onManifests((response) =>
      response.writeHead(200, { "content-type": MEDIA_TYPE.index }).end(artifact.manifest),
    ),
    "badAnswer",
  ],
  "a manifest under a digest that isn't its own": [
    onManifests((response) =>
      response.writeHead(200, { "docker-content-digest": other.digest }).end(artifact.manifest),
    ),
    "digestMismatch",
  ],
  "a manifest that refers to nonsense": [withManifest(() => ({ subject: 5 })), "badManifest"],
  "a manifest whose type is too long": [
    withManifest(() => ({ artifactType: "x".repeat(300) })),
    "badManifest",
  ],
  "a web page for a manifest": [onManifests((response) => response.end("<html>")), "badAnswer"],
  "a layer of 50 GB": [
    withManifest((manifest) => ({ layers: [{ ...listLayers(manifest)[0], size: 5e10 }] })),
    "notModule",
  ],
  "two layers": [
    withManifest((manifest) => ({ layers: [...listLayers(manifest), ...listLayers(manifest)] })),
    "notModule",
  ],
  "a layer that is another's": [
    withManifest((manifest) => ({ layers: [{ ...listLayers(manifest)[0], digest: sha256(other.wasm) }] })),
    "notModule",
  ],
  "a redirect loop": [
    onBlobs((response, { url }) => response.writeHead(307, { location: url }).end()),
    "badRedirect",
  ],
  "a redirect to a file": [
    onBlobs((response) => response.writeHead(307, { location: "file:///etc/passwd" }).end()),
    "badRedirect",
  ],
  "a redirect to nowhere": [onBlobs((response) => response.writeHead(307).end()), "badRedirect"],
  "a redirect to plain http elsewhere": [
    onBlobs((response) => response.writeHead(307, { location: "http://192.0.2.1/x" }).end()),
    "badRedirect",
  ],
  "a redirect to the metadata service": [
    onBlobs((response) => response.writeHead(307, { location: "https://169.254.169.254/x" }).end()),
    "addressDenied",
  ],
  "a redirect with a login": [
    onBlobs((response) => response.writeHead(307, { location: "https://me:x@192.0.2.1/" }).end()),
    "badRedirect",
  ],
  "no answer at all": [() => true, "timeout"],
  "no HTTP": [(request) => request.socket.end("SSH-2.0-x\r\n") !== undefined, "badAnswer"],
  "headers without end": [
    (request) => request.socket.end(`HTTP/1.1 200 OK\r\n${"x-a: b\r\n".repeat(10_000)}\r\n`) !== undefined,
    "badAnswer",
  ],
  "401 for ever": [
    always((response) => response.writeHead(401, { "www-authenticate": 'Basic realm="x"' }).end()),
    "unauthorized",
  ],
  "a hostile token service": [
    always((response) =>
      response.writeHead(401, { "www-authenticate": 'Bearer realm="http://192.0.2.1/t"' }).end(),
    ),
    "badAnswer",
  ],
  "a token service at the metadata service": [
    always((response) =>
      response.writeHead(401, { "www-authenticate": 'Bearer realm="https://169.254.169.254/t"' }).end(),
    ),
    "addressDenied",
  ],
  "403": [always((response) => response.writeHead(403).end()), "denied"],
  "404": [always((response) => response.writeHead(404).end()), "notFound"],
  "418": [always((response) => response.writeHead(418).end()), "badAnswer"],
  "429 for ever": [always((response) => response.writeHead(429).end()), "rateLimited"],
  "429 for an hour": [
    always((response) => response.writeHead(429, { "retry-after": "3600" }).end()),
    "rateLimited",
  ],
  "500 for ever": [always((response) => response.writeHead(500).end()), "registryError"],
};

async function expectFailure(acting: Promise<unknown>, kind: string): Promise<void> {
  const failure = await acting.then(
    () => undefined,
    (error: unknown) => error,
  );
  expect(failure).toBeInstanceOf(RegistryFailure);
  expect(failure).toMatchObject({ kind, todo: expect.stringMatching(/\w/) });
}

describe("a pull fails closed, and nothing is stored", () => {
  test.each(Object.entries(FAULTS))("%s", async (_, [fault, kind]) => {
    registry.fault = fault;
    await expectFailure(pull(), kind);
    expect(await readdir(folder)).toEqual([]);
  });

  test("a registry that isn't there", async () => {
    await registry[Symbol.asyncDispose]();
    await expectFailure(pull(), "unreachable");
    expect(await readdir(folder)).toEqual([]);
  });

  test("another manifest than the digest's", async () => {
    registry.fault = onManifests((response) => response.end(other.manifest));
    await expectFailure(pull(pinned), "digestMismatch");
    expect(await readdir(folder)).toEqual([]);
  });
});
