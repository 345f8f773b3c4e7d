/** A registry that answers with JSON so deep that who calls itself for each level runs out of stack. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { makeComponent, SCORER } from "../../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../../test/fakes/registry.ts";
import { type Artifact, planArtifact } from "../artifact/artifact.ts";
import { sha256 } from "../digest.ts";
import { RegistryFailure } from "../errors.ts";
import { parseReference, type Reference } from "../reference.ts";
import { pushArtifact } from "../transfer.ts";
import { makeKeyPair, parsePrivateKey } from "../trust/key.ts";
import { signArtifact } from "../trust/sign.ts";
import { toSignatureTag } from "../trust/simple-signing.ts";
import { fallbackTag } from "./referrers.ts";

const OPTIONS = { env: { HOME: "/nonexistent" }, limits: { retries: 0, settleMs: 1, undisturbedMs: 100 } };
const KEY = parsePrivateKey(makeKeyPair().privatePem, { where: "the key" });
const DEEP = "[".repeat(50_000) + "]".repeat(50_000);
const PART = { mediaType: "application/vnd.oci.empty.v1+json", digest: sha256(Buffer.from("{}")), size: 2 };

/** A part of a manifest or index, with depths where its annotations should be. */
const deepPart = JSON.stringify(PART).replace(/}$/, `,"annotations":${DEEP}}`);

const DEEP_ANSWERS: Readonly<Record<string, string>> = {
  "nothing but depth": DEEP,
  "an index of depths": `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.index.v1+json","manifests":[${deepPart},${DEEP}]}`,
  "a manifest with deep annotations": `{"schemaVersion":2,"mediaType":"application/vnd.oci.image.manifest.v1+json","config":${JSON.stringify(PART)},"layers":[${deepPart}]}`,
};

let registry: FakeRegistry;
let artifact: Artifact;
let reference: Reference;
beforeEach(async () => {
  registry = await startFakeRegistry();
  reference = parseReference(`${registry.host}/team/scorer:1`);
  artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
});
afterEach(() => registry[Symbol.asyncDispose]());

const ACTS: Readonly<Record<string, () => Promise<unknown>>> = {
  sign: () => signArtifact(reference, { key: KEY, annotations: {}, created: new Date(0) }, OPTIONS),
  push: () => {
    const documents = [{ kind: "readme", bytes: Buffer.from("# read me") } as const];
    return pushArtifact(artifact, reference, { ...OPTIONS, documents });
  },
};

/** A failure of a registry's is told as one; anything else is a bug. */
async function settle(acting: Promise<unknown>): Promise<void> {
  const error = await acting.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (error !== undefined) expect(error).toBeInstanceOf(RegistryFailure);
}

describe.each(Object.entries(DEEP_ANSWERS))("%s", (_, deep) => {
  test.each(Object.entries(ACTS))("at every tag: %s goes on, or says what is wrong", async (_name, act) => {
    await pushArtifact(artifact, reference, OPTIONS);
    for (const tag of [toSignatureTag(artifact.digest), fallbackTag(artifact.digest)])
      registry.manifestByName.set(`team/scorer/${tag}`, Buffer.from(deep));
    await settle(act());
  });

  test.each(Object.entries(ACTS))(
    "as every answer: %s goes on, or says what is wrong",
    async (_name, act) => {
      await pushArtifact(artifact, reference, OPTIONS);
      registry.fault = ({ method }, response) => {
        if (method !== "GET") return false;
        response.writeHead(200, { "content-type": "application/vnd.oci.image.index.v1+json" }).end(deep);
        return true;
      };
      await settle(act());
    },
  );
});
