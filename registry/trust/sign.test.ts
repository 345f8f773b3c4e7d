import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { makeKey } from "../../test/fakes/signatures.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { RegistryClient } from "../client/client.ts";
import { parseReference, type Reference } from "../reference.ts";
import { pushArtifact } from "../transfer.ts";
import { listSignatures } from "./collect.ts";
import { judge } from "./judge.ts";
import type { PrivateKey } from "./key.ts";
import { trustKeys } from "./policy.ts";
import { signArtifact } from "./sign.ts";
import { toSignatureTag } from "./simple-signing.ts";

const artifact: Artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
const NO_LOGIN = { env: { HOME: "/nonexistent" } };

let registry: FakeRegistry;
let reference: Reference;
beforeEach(async () => {
  registry = await startFakeRegistry();
  reference = parseReference(`${registry.host}/genie/scorer:1`);
  await pushArtifact(artifact, reference, NO_LOGIN);
});
afterEach(() => registry[Symbol.asyncDispose]());

const sign = (key: PrivateKey, annotations: Record<string, string> = {}) =>
  signArtifact(reference, { key, annotations, created: new Date(0) }, NO_LOGIN);

/** How many signatures of each format hold, by one key. */
async function countGood({ public: key }: PrivateKey) {
  using client = new RegistryClient(reference, NO_LOGIN);
  const signatures = await listSignatures(client, artifact.digest);
  const judged = judge(trustKeys([{ name: "k", key }]), { reference, digest: artifact.digest, signatures });
  const good = judged.signatures.filter(({ fault }) => fault === undefined);
  const count = (format: string) => good.filter((each) => each.format === format).length;
  return { sig: count("sig"), bundle: count("bundle") };
}

test("writes both formats once, however often it is asked", async () => {
  const key = makeKey();
  expect(await sign(key)).toEqual({ digest: artifact.digest, added: ["sig", "bundle"] });
  expect(await sign(key)).toEqual({ digest: artifact.digest, added: [] });
  expect(await countGood(key)).toEqual({ sig: 1, bundle: 1 });
});

test("what is said anew is signed beside what was said before", async () => {
  const key = makeKey();
  await sign(key);
  expect((await sign(key, { stage: "prod" })).added).toEqual(["sig", "bundle"]);
  expect(await countGood(key)).toEqual({ sig: 2, bundle: 2 });
});

test("signers at the same time lose nothing", async () => {
  const keys = Array.from({ length: 6 }, makeKey);
  await Promise.all(keys.map((key) => sign(key)));
  for (const key of keys) expect(await countGood(key)).toEqual({ sig: 1, bundle: 1 });
});

test("a format that is lacking is added", async () => {
  const key = makeKey();
  await sign(key);
  registry.manifestByName.delete(`genie/scorer/${toSignatureTag(artifact.digest)}`);
  expect((await sign(key)).added).toEqual(["sig"]);
  expect(await countGood(key)).toEqual({ sig: 1, bundle: 1 });
});

test("what isn't there, or not where the tag leads, isn't signed", async () => {
  const elsewhere = { ...reference, tag: "2" };
  const signing = { key: makeKey(), annotations: {}, created: new Date(0) };
  await expect(signArtifact(elsewhere, signing, NO_LOGIN)).rejects.toMatchObject({ kind: "notFound" });
  const digest = `sha256:${"0".repeat(64)}` as const;
  await expect(signArtifact({ ...reference, digest }, signing, NO_LOGIN)).rejects.toMatchObject({
    kind: "digestMismatch",
  });
});

test("something else at the tag for signatures is left alone", async () => {
  const name = `genie/scorer/${toSignatureTag(artifact.digest)}`;
  const other = Buffer.from('{"schemaVersion":2,"manifests":[]}');
  registry.manifestByName.set(name, other);
  await expect(sign(makeKey())).rejects.toMatchObject({ kind: "badManifest" });
  expect(registry.manifestByName.get(name)).toEqual(other);
});
