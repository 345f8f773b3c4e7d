import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";
import { MEDIA_TYPE } from "../artifact/artifact.ts";
import { type Digest, sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { MAX_REFERRERS } from "../reader.ts";
import { parseReference } from "../reference.ts";
import { RegistryClient } from "./client.ts";
import type { Limits } from "./limits.ts";
import { fallbackTag } from "./referrers.ts";

const EMPTY = Buffer.from("{}");
const EMPTY_CONFIG = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(EMPTY), size: 2 };
const NOTE = "application/vnd.example.note.v1";

function makeManifest(more: Record<string, unknown>): Buffer {
  return Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: MEDIA_TYPE.manifest,
      config: EMPTY_CONFIG,
      layers: [EMPTY_CONFIG],
      ...more,
    }),
  );
}

const SUBJECT = makeManifest({ annotations: { name: "subject" } });
const SUBJECT_AT = { mediaType: MEDIA_TYPE.manifest, digest: sha256(SUBJECT), size: SUBJECT.length };

const makeNote = (text: string, artifactType = NOTE): Buffer =>
  makeManifest({ artifactType, subject: SUBJECT_AT, annotations: { text } });

const openClient = (host: string, limits: Partial<Limits> = {}): RegistryClient =>
  new RegistryClient(parseReference(`${host}/genie/scorer:1`), { env: { HOME: "/nonexistent" }, limits });

async function putSubject(client: RegistryClient): Promise<Digest> {
  await client.putBlob(EMPTY);
  await client.putManifest(SUBJECT, "1");
  return sha256(SUBJECT);
}

async function startReal(): Promise<{ host: string } & AsyncDisposable> {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-referrers-"));
  const registry = await startRegistry({ dir });
  return {
    host: registry.host,
    async [Symbol.asyncDispose]() {
      await registry[Symbol.asyncDispose]();
      await rm(dir, { recursive: true });
    },
  };
}

describe.each([
  ["a registry that lists referrers", () => startFakeRegistry({ referrersApi: true })],
  ["one that doesn't", () => startFakeRegistry()],
  ["docker-registry", startReal],
])("%s", (_, start) => {
  test("what was put is listed, by type, with its annotations", async () => {
    await using registry = await start();
    using client = openClient(registry.host);
    const subject = await putSubject(client);
    expect(await client.listReferrers(subject)).toEqual([]);
    const note = makeNote("hello");
    expect(await client.putReferrer(note)).toBe(sha256(note));
    await client.putReferrer(makeNote("other", "application/vnd.example.other"));
    expect(await client.listReferrers(subject, NOTE)).toEqual([
      {
        mediaType: MEDIA_TYPE.manifest,
        digest: sha256(note),
        size: note.length,
        artifactType: NOTE,
        annotations: { text: "hello" },
      },
    ]);
    expect(await client.listReferrers(subject)).toHaveLength(2);
    expect(await client.findManifest(sha256(note))).toEqual(note);
  });

  test("what is put after another was deleted is listed", async () => {
    await using registry = await start();
    using client = openClient(registry.host);
    const subject = await putSubject(client);
    const gone = await client.putReferrer(makeNote("gone"));
    await client.putReferrer(makeNote("stays"));
    await client.deleteManifest(gone);
    await client.putReferrer(makeNote("comes"));
    const listed = await client.listReferrers(subject, NOTE);
    const texts = listed.map(({ annotations }) => annotations["text"]);
    expect(texts).toEqual(expect.arrayContaining(["stays", "comes"]));
  });

  test("eight writers at once lose nothing", async () => {
    await using registry = await start();
    using client = openClient(registry.host);
    const subject = await putSubject(client);
    const notes = Array.from({ length: 8 }, (__, n) => makeNote(`note ${n}`));
    await Promise.all(
      notes.map(async (note) => {
        using each = openClient(registry.host);
        await each.putReferrer(note);
      }),
    );
    const listed = await client.listReferrers(subject, NOTE);
    expect(new Set(listed.map(({ digest }) => digest))).toEqual(new Set(notes.map(sha256)));
  });
});

test("the index at the fallback tag keeps what others wrote there", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  const subject = await putSubject(client);
  const foreign = { mediaType: "x/y", digest: sha256(Buffer.from("foreign")), size: 7, data: "Zm9yZWlnbg==" };
  const index = { schemaVersion: 2, mediaType: MEDIA_TYPE.index, manifests: [foreign] };
  await client.putManifest(Buffer.from(JSON.stringify(index)), fallbackTag(subject));
  await client.putReferrer(makeNote("mine"));
  const kept = registry.manifestByName.get(`genie/scorer/${fallbackTag(subject)}`);
  expect(JSON.parse(kept?.toString() ?? "")).toMatchObject({ manifests: [foreign, { artifactType: NOTE }] });
});

test("an entry that can't be used hides no other", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  const subject = await putSubject(client);
  const good = { mediaType: MEDIA_TYPE.manifest, digest: subject, size: 1, annotations: { a: "b", c: 1 } };
  const manifests = [
    null,
    7,
    { ...good, digest: "sha256:../.." },
    { ...good, size: -1 },
    { ...good, mediaType: 1 },
    good,
  ];
  putIndex(registry, subject, { manifests });
  expect(await client.listReferrers(subject)).toEqual([
    { ...good, artifactType: undefined, annotations: { a: "b" } },
  ]);
});

test.each([400, 405, 406, 501])("a registry that answers with %i has no list of its own", async (status) => {
  await using registry = await startFakeRegistry();
  registry.fault = ({ url = "" }, response) => {
    if (!url.includes("/referrers/")) return false;
    response.writeHead(status).end();
    return true;
  };
  using client = openClient(registry.host, { retries: 0 });
  const subject = await putSubject(client);
  const digest = await client.putReferrer(makeNote("hello"));
  expect(await client.listReferrers(subject)).toMatchObject([{ digest }]);
});

test("a list that breaks off at its second page is no list", async () => {
  await using registry = await startFakeRegistry();
  registry.fault = ({ url = "" }, response) => {
    if (!url.includes("/referrers/")) return false;
    if (url.includes("page2")) response.writeHead(400).end();
    else {
      response.writeHead(200, { "content-type": MEDIA_TYPE.index, link: `<${url}?page2>; rel="next"` });
      response.end('{"manifests":[]}');
    }
    return true;
  };
  using client = openClient(registry.host, { retries: 0 });
  await expect(client.listReferrers(SUBJECT_AT.digest)).rejects.toMatchObject({ kind: "badAnswer" });
});

function putIndex(registry: FakeRegistry, subject: Digest, index: unknown): void {
  registry.manifestByName.set(`genie/scorer/${fallbackTag(subject)}`, Buffer.from(JSON.stringify(index)));
}

test("no more than MAX_REFERRERS are listed", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  const subject = await putSubject(client);
  putIndex(registry, subject, {
    manifests: Array.from({ length: 1500 }, (_, n) => ({
      ...SUBJECT_AT,
      digest: sha256(Buffer.from(`${n}`)),
    })),
  });
  expect(await client.listReferrers(subject)).toHaveLength(MAX_REFERRERS);
  await expect(client.putReferrer(makeNote("one more"))).rejects.toMatchObject({ kind: "tooLarge" });
});

test("an index that is always overwritten is given up", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host, { settleMs: 0 });
  await putSubject(client);
  registry.fault = ({ method, url = "" }, response) => {
    if (method !== "PUT" || !url.includes("/manifests/sha256-")) return false;
    response.writeHead(201).end();
    return true;
  };
  const failure = await client.putReferrer(makeNote("lost")).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(RegistryFailure);
  expect(failure).toMatchObject({ kind: "contended" });
});

test("a manifest without a subject refers to nothing", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  await expect(client.putReferrer(makeManifest({}))).rejects.toMatchObject({ kind: "badManifest" });
  expect(registry.log).toEqual([]);
});
