import { beforeEach, expect, onTestFinished, test } from "vitest";
import { makeEntry } from "../test/fakes/catalogue-entry.ts";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../test/fakes/registry.ts";
import { isEntered } from "./catalogue/add.ts";
import { winPlace } from "./catalogue/claim.ts";
import { parseCatalogueName } from "./catalogue/name.ts";
import { readCatalogue } from "./catalogue/read.ts";
import { toClaimTags } from "./catalogue/tags.ts";
import { RegistryClient } from "./client/client.ts";
import { DOCUMENTS, findDocument, findReadme } from "./artifact/document.ts";
import { planModuleArtifact } from "./artifact/module-artifact.ts";
import { type Publication, publishModule, type PublishStep } from "./publish.ts";
import { parseReference } from "./reference.ts";
import { listSignatures } from "./trust/collect.ts";
import { makeKeyPair, parsePrivateKey } from "./trust/key.ts";

const KEY = parsePrivateKey(makeKeyPair().privatePem, { where: "the key" });
const OPTIONS = { env: {}, limits: { retries: 0, settleMs: 1 } };
const TIMING = { writeWithinMs: 5_000, patienceMs: 20, pollMs: 5 };

let registry: FakeRegistry;
let repository: string;
beforeEach(async () => {
  registry = await startFakeRegistry();
  onTestFinished(() => registry[Symbol.asyncDispose]());
  repository = `${registry.host}/team/scorer`;
});

async function plan(note: string, version = "1.0.0"): Promise<Publication> {
  const artifact = planModuleArtifact(await makeComponent(SCORER, note), { created: new Date(0) });
  return {
    reference: parseReference(`${repository}:${version}`),
    artifact,
    documents: [{ kind: "readme", bytes: Buffer.from("# read me") }],
    catalogue: parseCatalogueName(`${registry.host}/team/catalogue`),
    entry: makeEntry({ repository, version, digest: artifact.digest }),
    key: KEY,
  };
}

async function publish(publication: Publication): Promise<readonly PublishStep[]> {
  const steps: PublishStep[] = [];
  await publishModule(publication, { ...OPTIONS, timing: TIMING, onStep: (step) => steps.push(step) });
  return steps;
}

/** What anybody can see of it. */
async function look({ reference, catalogue: name, entry }: Publication) {
  using module = new RegistryClient(reference, OPTIONS);
  using catalogue = new RegistryClient(name, OPTIONS);
  return {
    tag: await module.findDigest(entry.version),
    isEntered: await isEntered(catalogue, entry),
    readme: await findReadme(module, entry.digest),
    signatures: (await listSignatures(module, entry.digest)).length,
  };
}

test("all of it is there, and again with the same bytes changes nothing", async () => {
  const publication = await plan("first");
  expect(await publish(publication)).toEqual(["push", "sign", "catalogue", "tag", "roll-up"]);
  const there = { tag: publication.artifact.digest, isEntered: true, readme: "# read me", signatures: 2 };
  expect(await look(publication)).toEqual(there);
  await publish(publication);
  expect(await look(publication)).toEqual(there);
  using catalogue = new RegistryClient(publication.catalogue, OPTIONS);
  expect((await readCatalogue(catalogue, "it")).entries).toHaveLength(1);
});

test("the first measurement stays, as the catalogue has it", async () => {
  const publication = await plan("first");
  const measured = (text: string): Publication => ({
    ...publication,
    documents: [{ kind: "benchmark", bytes: Buffer.from(text) }],
  });
  await publish(measured('{"p50Ms":1}'));
  await publish(measured('{"p50Ms":2}'));
  using module = new RegistryClient(publication.reference, OPTIONS);
  expect(await findDocument(module, publication.artifact.digest, "benchmark")).toBe('{"p50Ms":1}');
  const benchmarks = await module.listReferrers(
    publication.artifact.digest,
    DOCUMENTS.benchmark.artifactType,
  );
  expect(benchmarks).toHaveLength(1);
});

test("other bytes are refused before anything is sent, and the next version is fine", async () => {
  await publish(await plan("first"));
  registry.log.length = 0;
  await expect(publish(await plan("second"))).rejects.toMatchObject({ kind: "versionTaken" });
  expect(registry.log.filter(({ line }) => !/^(?:GET|HEAD) /.test(line))).toEqual([]);
  await publish(await plan("second", "1.0.1"));
});

test("other bytes that were only pushed under this tag are in the way, too", async () => {
  const publication = await plan("first");
  const other = (await plan("other")).artifact;
  using module = new RegistryClient(publication.reference, OPTIONS);
  await module.putBlob(other.wasm);
  await module.putBlob(other.config);
  await module.putManifest(other.manifest, "1.0.0");
  await expect(publish(publication)).rejects.toThrow(`${repository}:1.0.0 is there already: ${other.digest}`);
});

test("waits for a publisher that died, and says so", async () => {
  const publication = await plan("first");
  using catalogue = new RegistryClient(publication.catalogue, OPTIONS);
  await winPlace(catalogue, toClaimTags(publication.entry, 1));
  expect(await publish(publication)).toContain("wait");
});

/** What may become of the request that counts, and of those after it. */
const ENDS: Readonly<Record<string, (isTheOne: () => boolean) => void>> = {
  "is refused": (isTheOne) => {
    registry.fault = (_, response) => isTheOne() && response.writeHead(500).end() !== undefined;
  },
  "is done, but its answer is lost": (isTheOne) => {
    registry.losesAnswer = ({ method }) => method !== "GET" && method !== "HEAD" && isTheOne();
  },
  "is the last before the publisher dies": (isTheOne) => {
    let isDead = false;
    registry.fault = (_, response) => {
      isDead ||= isTheOne();
      if (isDead) response.destroy();
      return isDead;
    };
  },
};

test.each(Object.entries(ENDS))(
  "whatever request %s, nothing half-published is seen, and running it again goes on",
  async (_, end) => {
    let failing = 0;
    for (let isReached = true; isReached; failing++) {
      const publication = await plan(`${failing}`, `1.0.${failing}`);
      let asked = 0;
      end(() => asked++ === failing);
      const failure = await findFailure(publish(publication));
      registry.fault = registry.losesAnswer = undefined;
      isReached = asked > failing;
      await expectWhole(publication, { failure, isLate: asked > 3 });
      await publish(publication);
      expect(await look(publication)).toEqual({
        tag: publication.artifact.digest,
        isEntered: true,
        readme: "# read me",
        signatures: 2,
      });
    }
    expect(failing).toBeGreaterThan(10);
  },
  120_000,
);

interface Failed {
  readonly kind: string;
  readonly todo: string;
}

const findFailure = (publishing: Promise<unknown>): Promise<Failed | undefined> =>
  publishing.then(
    () => undefined,
    (error: Failed) => error,
  );

/** Who sees a version sees all of it, and who couldn't publish it is told what can be seen. */
async function expectWhole(
  publication: Publication,
  { failure, isLate }: { failure: Failed | undefined; isLate: boolean },
): Promise<void> {
  const { tag, isEntered: entered, readme, signatures } = await look(publication);
  if (failure !== undefined) expect(failure.kind).toMatch(/^(?:registryError|unreachable|truncated)$/);
  if (entered) {
    expect({ readme, signatures }).toEqual({ readme: "# read me", signatures: 2 });
    if (tag === undefined) expect(failure?.todo).toMatch(/ by its digest.* run it again with .* oras tag /);
    return;
  }
  expect(tag).toBeUndefined();
  if (isLate) expect(failure?.todo).toMatch(/nothing of it can be seen yet: run it again|it may be /);
}
