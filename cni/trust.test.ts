import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { ModuleSource } from "../core/sandbox/port.ts";
import { openStore } from "../registry/store/store.ts";
import { MEDIA_TYPE, planArtifact } from "../registry/artifact/artifact.ts";
import { toDescriptor } from "../registry/artifact/descriptor.ts";
import { parseReference } from "../registry/reference.ts";
import { planReferrer } from "../registry/artifact/referrer.ts";
import { BUNDLE } from "../registry/trust/bundle.ts";
import { findPolicy } from "../registry/trust/policy-file.ts";
import { signBundle } from "../registry/trust/sign-plan.ts";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { makeKey } from "../test/fakes/signatures.ts";
import { guardSource } from "./trust.ts";

const asked: ModuleSource = { load: async () => ({ outcome: "notInStore", detail: "asked" }) };
const artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
const { digest } = artifact;
const NAME = "r.example/genie/near";
const key = makeKey();

let dir: string;
let policyFile: string;
let storeDir: string;
beforeEach(async () => {
  dir = await mkdtemp(path.join(tmpdir(), "genie-trust-"));
  policyFile = path.join(dir, "trust.json");
  storeDir = path.join(dir, "store");
  await openStore(storeDir).put(artifact, parseReference(`${NAME}:1`));
});
afterEach(() => rm(dir, { recursive: true }));

const load = (reference = `${NAME}@${digest}`) =>
  guardSource(asked, { findPolicy: () => findPolicy(policyFile), storeDir }).load(reference, "scorer");

const writePolicy = () =>
  writeFile(
    policyFile,
    JSON.stringify({ repositories: { "r.example": { allOf: [{ key: key.public.pem }] } } }),
  );

/** As a pull would have left it. */
async function addSignature(): Promise<void> {
  const bytes = signBundle({ digest, repository: NAME, annotations: {} }, key);
  const subject = toDescriptor(MEDIA_TYPE.manifest, artifact.manifest);
  const bundle = planReferrer({ subject, artifactType: BUNDLE, layer: { mediaType: BUNDLE, bytes } });
  await openStore(storeDir).putArtifact(bundle);
}

test("without a policy, the source is asked", async () => {
  const source = guardSource(asked, { findPolicy: async () => undefined, storeDir });
  expect(await source.load(`${NAME}@${digest}`, "scorer")).toMatchObject({ detail: "asked" });
});

test("a policy that isn't where it is said to be holds everything back", async () => {
  expect(await load()).toMatchObject({ outcome: "error", detail: expect.stringContaining("ENOENT") });
});

test("with a policy, the source is asked for what is signed, and for nothing else", async () => {
  await writePolicy();
  expect(await load()).toMatchObject({ outcome: "error", detail: expect.stringContaining("no signature") });
  await addSignature();
  expect(await load()).toMatchObject({ detail: "asked" });
  expect(await load(`${NAME}2@${digest}`)).toMatchObject({ outcome: "error" });
  expect(await load(`other.example/near@${digest}`)).toMatchObject({
    detail: expect.stringContaining("no rule is for other.example/near"),
  });
});

test("with a policy, a reference without a digest is refused", async () => {
  await writePolicy();
  expect(await load(`${NAME}:1`)).toMatchObject({
    outcome: "error",
    detail: expect.stringContaining("digest"),
  });
});

test.each(["trust.json/deeper", "trust.json"])(
  "a policy at %s that can't be used stops every module",
  async (name) => {
    await writeFile(policyFile, "{");
    policyFile = path.join(dir, name);
    await addSignature();
    const { outcome, detail } = (await load()) as { outcome: string; detail: string };
    expect(outcome).toBe("error");
    expect(detail).toMatch(/trust\.json[^\n]*: mend the trust policy/);
  },
);

test("a signature that was damaged in the store counts for nothing", async () => {
  await writePolicy();
  await addSignature();
  const blobs = path.join(storeDir, "blobs/sha256");
  let damaged = 0;
  for (const name of await readdir(blobs)) {
    const text = await readFile(path.join(blobs, name), "utf8");
    if (!text.includes("dsseEnvelope")) continue;
    await writeFile(path.join(blobs, name), text.replace("dsse", "Dsse"));
    damaged++;
  }
  expect(damaged).toBe(1);
  expect(await load()).toMatchObject({ outcome: "error", detail: expect.stringContaining("no signature") });
});

test("however many modules a pod needs, policy and index are read once", async () => {
  await writePolicy();
  await addSignature();
  let reads = 0;
  const found = () => (reads++, findPolicy(policyFile));
  const source = guardSource(asked, { findPolicy: found, storeDir });
  expect(await source.load(`${NAME}@${digest}`, "scorer")).toMatchObject({ detail: "asked" });
  for (const name of ["index.json", ".index-copy"]) await writeFile(path.join(storeDir, name), "{");
  expect(await source.load(`r.example/genie/far@${digest}`, "scorer")).toMatchObject({
    detail: expect.stringContaining("no signature holds"),
  });
  expect(reads).toBe(1);
});
