import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../test/fakes/registry.ts";
import { planArtifact } from "./artifact/artifact.ts";
import { parseReference } from "./reference.ts";
import { openStore } from "./store/store.ts";
import { pullInto, pushArtifact } from "./transfer.ts";
import type { TrustPolicy } from "./trust/policy.ts";

const OPTIONS = { env: { HOME: "/nonexistent" } };
/** Which nothing can meet. */
const STRICT: TrustPolicy = { sources: [], ruleByPrefix: new Map(), blocked: new Map() };

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let folder: string;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  folder = await mkdtemp(path.join(tmpdir(), "genie-pulls-"));
  undo.defer(() => rm(folder, { recursive: true }));
});
afterEach(() => undo.disposeAsync());

async function push() {
  const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  await pushArtifact(artifact, parseReference(`${registry.host}/genie/a:1`), OPTIONS);
  registry.log.length = 0;
  return parseReference(`${registry.host}/genie/a@${artifact.digest}`);
}

const countBlobs = () => registry.log.filter(({ line }) => /^GET \/v2\/.*\/blobs\//.test(line)).length;

test("200 parallel pulls of one digest make one download", async () => {
  const reference = await push();
  const pulls = Array.from({ length: 200 }, () => pullInto(openStore(folder), reference, OPTIONS));
  const digests = new Set((await Promise.all(pulls)).map(({ digest }) => digest));
  expect([...digests]).toEqual([reference.digest]);
  expect(countBlobs()).toBe(2); // the config and the component
  expect(await openStore(folder).listEntries()).toHaveLength(1);
});

test("who has a policy isn't handed what another pulls without one", async () => {
  const reference = await push();
  const without = pullInto(openStore(folder), reference, OPTIONS);
  const under = pullInto(openStore(folder), reference, { ...OPTIONS, policy: STRICT });
  await expect(under).rejects.toMatchObject({ kind: "untrusted" });
  expect(await without).toMatchObject({ digest: reference.digest });
});

test("another store gets a download of its own", async () => {
  const reference = await push();
  const stores = ["one", "other"].map((name) => openStore(path.join(folder, name)));
  await Promise.all(stores.map((store) => pullInto(store, reference, OPTIONS)));
  expect(countBlobs()).toBe(4);
});
