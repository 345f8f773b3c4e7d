/** A catalogue of 10,000 entries in a real docker-registry: what a search and another publisher cost. */
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { makeEntry } from "../../test/fakes/catalogue-entry.ts";
import { type SlowRegistry, startSlowRegistry } from "../../test/fakes/slow-registry.ts";
import { startRegistry } from "../../test/setup/registry-server.ts";
import { RegistryClient } from "../client/client.ts";
import type { Digest } from "../digest.ts";
import { forEach } from "../some-at-a-time.ts";
import { putDocument } from "./artifact.ts";
import type { Entry } from "./document.ts";
import { parseCatalogueName } from "./name.ts";
import { readCatalogue } from "./read.ts";
import { putRollUp } from "./roll-up.ts";
import { planSearch } from "./search.ts";
import { toDocumentTag } from "./tags.ts";
import { publishEntry } from "./update.ts";

const REPOSITORY = "team/catalogue";
const ENTRIES: readonly Entry[] = Array.from({ length: 10_000 }, (_, at) =>
  makeEntry({ repository: `r.example/team-${at % 100}/module-${at}`, description: "x".repeat(300) }),
);

/** Pages of tags as long as the registry gives them, the roll-up and its manifest. */
const MOST_REQUESTS = 110;

const undo = new AsyncDisposableStack();
let registry: SlowRegistry;
let client: RegistryClient;
let name: string;

beforeAll(async () => {
  const { path: dir } = undo.use(await mkdtempDisposable(path.join(tmpdir(), "genie-catalogue-")));
  const real = undo.use(await startRegistry({ dir }));
  registry = undo.use(await startSlowRegistry(real.host));
  name = `${registry.host}/${REPOSITORY}`;
  client = undo.use(new RegistryClient(parseCatalogueName(name)));
  await putDocument(client, ENTRIES[0] ?? makeEntry());
  const digest = await client.findDigest(toDocumentTag(ENTRIES[0] ?? makeEntry()));
  if (digest === undefined) throw new Error("the first entry has no tag");
  await layOutTags(dir, digest);
  await putRollUp(client, new Map(ENTRIES.map((entry) => [toDocumentTag(entry), entry])));
}, 60_000);
afterAll(() => undo.disposeAsync());

/** The tag of each entry, as docker-registry keeps it: 10,000 pushes take minutes. All lead to the first document. */
async function layOutTags(dir: string, digest: Digest): Promise<void> {
  const tags = path.join(dir, "storage/docker/registry/v2/repositories", REPOSITORY, "_manifests/tags");
  await forEach(ENTRIES, async (entry) => {
    const current = path.join(tags, toDocumentTag(entry), "current");
    await mkdir(current, { recursive: true });
    await writeFile(path.join(current, "link"), digest);
  });
}

test("a search takes few requests, and finds what is there", async () => {
  registry.log.length = 0;
  const { entries, faults } = await readCatalogue(client, name);
  expect([entries.length, faults.length]).toEqual([10_000, 0]);
  expect(planSearch(entries, { words: ["module-9999"] })).toHaveLength(1);
  expect(registry.log.filter((line) => line.includes("/tags/list"))).toHaveLength(registry.log.length - 2);
  expect(registry.log.length).toBeLessThanOrEqual(MOST_REQUESTS);
});

test("another version takes few requests, and is found", async () => {
  registry.log.length = 0;
  await publishEntry(client, makeEntry({ repository: "r.example/team/new" }), {});
  expect(registry.log.length).toBeLessThanOrEqual(2 * MOST_REQUESTS);
  const { entries } = await readCatalogue(client, name);
  expect(planSearch(entries, { words: ["team/new"] })).toHaveLength(1);
}, 60_000);
