import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { startFakeRegistry } from "../../test/fakes/registry.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";
import { planArtifact } from "../artifact/artifact.ts";
import type { Digest } from "../digest.ts";
import { parseReference } from "../reference.ts";
import { pushArtifact } from "../transfer.ts";
import { RegistryClient } from "./client.ts";
import type { Limits } from "./limits.ts";

const env = { HOME: "/nonexistent" };
const openClient = (host: string, limits: Partial<Limits> = {}): RegistryClient =>
  new RegistryClient(parseReference(`${host}/genie/scorer:1`), { env, limits });

/** Pushes one module under many tags. */
async function push(host: string, tags: readonly string[]): Promise<Digest> {
  const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  for (const tag of tags)
    await pushArtifact(artifact, { ...parseReference(`${host}/genie/scorer:1`), tag }, { env });
  return artifact.digest;
}

/** What a registry says of its tags, before and after the module was deleted. */
async function exercise(host: string): Promise<unknown[]> {
  using client = openClient(host);
  const before = await client.listTags();
  const digest = await push(host, ["1", "2", "latest"]);
  const said = [
    before,
    (await client.listTags()).toSorted(),
    await client.findDigest("2"),
    await client.findDigest("3"),
    await client.findManifest("3"),
  ];
  await client.deleteManifest(digest);
  return [...said, await client.findDigest("2"), await client.findManifest(digest)];
}

test("tags are listed, lead to digests, and go with what they lead to; as with docker-registry", async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-tags-"));
  await using _folder = { [Symbol.asyncDispose]: () => rm(dir, { recursive: true }) };
  await using real = await startRegistry({ dir });
  await using fake = await startFakeRegistry();
  const said = await exercise(fake.host);
  expect(said).toEqual([
    [],
    ["1", "2", "latest"],
    expect.stringMatching(/^sha256:/),
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  expect(await exercise(real.host)).toEqual(said);
});

test("a list in pages is read to its end", async () => {
  await using registry = await startFakeRegistry({ tagsPerPage: 3 });
  const tags = Array.from({ length: 10 }, (_, n) => `v${n}`);
  await push(registry.host, tags);
  registry.log.length = 0;
  using client = openClient(registry.host);
  expect(await client.listTags()).toEqual(tags);
  expect(registry.log).toHaveLength(4);
});

test.each([
  ["never ends", "/v2/genie/scorer/tags/list?again", "tooLarge"],
  ["goes on elsewhere", "http://127.0.0.2/v2/", "badRedirect"],
  ["goes on at the metadata service", "https://169.254.169.254/", "badRedirect"],
])("a list that %s is an error", async (_, next, kind) => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  registry.fault = (__, response) => {
    response.writeHead(200, { link: `<${next}>; rel="next"` }).end('{"tags":["a"]}');
    return true;
  };
  await expect(client.listTags()).rejects.toMatchObject({ kind });
});

test("a list whose pages come slowly, without an end, is left", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host, { listMs: 0 });
  registry.fault = (_, response) => {
    response.writeHead(200, { link: '</v2/genie/scorer/tags/list?again>; rel="next"' }).end('{"tags":["a"]}');
    return true;
  };
  await expect(client.listTags()).rejects.toMatchObject({ kind: "timeout" });
  expect(registry.log).toHaveLength(1);
});

test("what is no tag is left out of a list", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  registry.fault = (_, response) => {
    response.end(JSON.stringify({ tags: ["ok", "../../etc", "a b", "", 7, null, "x".repeat(129)] }));
    return true;
  };
  expect(await client.listTags()).toEqual(["ok"]);
});

test("a name that is neither tag nor digest reaches no registry", async () => {
  await using registry = await startFakeRegistry();
  using client = openClient(registry.host);
  await expect(client.findManifest("../../v2/other/manifests/1")).rejects.toMatchObject({
    kind: "invalidReference",
  });
  expect(registry.log).toEqual([]);
});

test("a tag's digest is known although the registry doesn't say it", async () => {
  await using registry = await startFakeRegistry();
  const digest = await push(registry.host, ["1"]);
  using client = openClient(registry.host);
  registry.fault = ({ method }, response) => {
    if (method !== "HEAD") return false;
    response.writeHead(200).end();
    return true;
  };
  expect(await client.findDigest("1")).toBe(digest);
});

test("a registry that lets nobody delete is an error", async () => {
  await using registry = await startFakeRegistry();
  const digest = await push(registry.host, ["1"]);
  using client = openClient(registry.host);
  registry.fault = (_, response) => response.writeHead(405).end() !== undefined;
  await expect(client.deleteManifest(digest)).rejects.toMatchObject({ kind: "unsupported" });
});
