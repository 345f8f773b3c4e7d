import { mkdtempDisposable } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { makeComponent, SCORER } from "../test/fakes/component.ts";
import { type FakeRegistry, startFakeRegistry } from "../test/fakes/registry.ts";
import { makeKey } from "../test/fakes/signatures.ts";
import { type Artifact, planArtifact } from "./artifact/artifact.ts";
import { RegistryClient } from "./client/client.ts";
import { sha256 } from "./digest.ts";
import { parseReference, type Reference } from "./reference.ts";
import { openStore } from "./store/store.ts";
import { fetchArtifact, fetchSigned, pullInto, pushArtifact } from "./transfer.ts";
import { trustKeys } from "./trust/policy.ts";
import { signArtifact } from "./trust/sign.ts";
import { toSignatureTag } from "./trust/simple-signing.ts";

const OPTIONS = { env: { HOME: "/nonexistent" } };
const key = makeKey();
const policy = trustKeys([{ name: "team", key: key.public }]);

let undo: AsyncDisposableStack;
let registry: FakeRegistry;
let folder: string;
let artifact: Artifact;
let tagged: Reference;
let pinned: Reference;
beforeEach(async () => {
  undo = new AsyncDisposableStack();
  registry = undo.use(await startFakeRegistry());
  folder = undo.use(await mkdtempDisposable(path.join(tmpdir(), "genie-rounds-"))).path;
  artifact = planArtifact(await makeComponent(SCORER), { created: new Date(0) });
  tagged = parseReference(`${registry.host}/team/app:1`);
  pinned = { ...tagged, tag: undefined, digest: artifact.digest };
  await pushArtifact(artifact, tagged, OPTIONS);
  await signArtifact(tagged, { key, annotations: {}, created: new Date(0) }, OPTIONS);
});
afterEach(() => undo.disposeAsync());

/** What a request is for, in words. */
function toWord(url = ""): string {
  const [kind = "", name = ""] = url.split("?")[0]?.split("/").slice(-2) ?? [];
  if (kind === "referrers") return "list";
  if (kind === "manifests") {
    if (name === "1" || name === artifact.digest) return "module";
    return name.startsWith("sha256:") ? "bundle's manifest" : name.endsWith(".sig") ? "sig" : "list's tag";
  }
  if (name === sha256(artifact.config)) return "config";
  if (name === sha256(artifact.wasm)) return "component";
  const text = registry.blobByDigest.get(name)?.toString() ?? "";
  if (text.includes("dsseEnvelope")) return "bundle";
  return text.includes("critical") ? "sig's layer" : "sig's config";
}

/**
 * Answers nothing of a round before all of it was asked for, and has each request told. What asks for one thing after the
 * other where the round has both never gets an answer.
 */
function answerInRounds(rounds: readonly (readonly string[])[]): string[] {
  const gates = rounds.map(() => Promise.withResolvers<void>());
  const asked: string[] = [];
  registry.fault = async ({ url }) => {
    const word = toWord(url);
    asked.push(word);
    for (const [at, round] of rounds.entries())
      if (round.every((each) => asked.includes(each))) gates[at]?.resolve();
    await gates[rounds.findIndex((round) => round.includes(word))]?.promise;
    return false;
  };
  return asked;
}

const fetchPinned = () => fetchArtifact(pinned, { ...OPTIONS, policy });
test.each<[string, act: () => Promise<unknown>, rounds: string[][]]>([
  [
    "a digest, without a policy, takes two",
    () => fetchArtifact(pinned, OPTIONS),
    [["module"], ["config", "component"]],
  ],
  [
    "under a policy that the tag's signature meets, no more",
    fetchPinned,
    [
      ["module", "sig"],
      ["config", "component", "sig's layer"],
    ],
  ],
  [
    "under a policy that a bundle alone meets, four",
    async () => {
      registry.manifestByName.delete(`team/app/${toSignatureTag(artifact.digest)}`);
      await fetchPinned();
    },
    [["module", "sig"], ["config", "component", "list", "list's tag"], ["bundle's manifest"], ["bundle"]],
  ],
  [
    "with all who signed, three",
    () => fetchSigned(pinned, { ...OPTIONS, policy }),
    [
      ["module", "sig", "list", "list's tag"],
      ["config", "component", "sig's layer", "bundle's manifest"],
      ["bundle"],
    ],
  ],
  [
    "into a store, with all that it keeps, three",
    () => pullInto(openStore(folder), pinned, { ...OPTIONS, policy }),
    [
      ["module", "sig", "list", "list's tag"],
      ["config", "component", "sig's config", "sig's layer", "bundle's manifest"],
      ["bundle"],
    ],
  ],
  [
    "a tag, three",
    () => fetchArtifact(tagged, { ...OPTIONS, policy }),
    [["module"], ["config", "component", "sig"], ["sig's layer"]],
  ],
])("round trips: %s", async (_, act, rounds) => {
  const asked = answerInRounds(rounds);
  await act();
  expect(asked.toSorted()).toEqual(rounds.flat().toSorted());
});

test("a client that has ended asks for nothing more, though a try may have failed", async () => {
  const client = new RegistryClient(pinned, OPTIONS);
  const asking = Promise.withResolvers<void>();
  registry.fault = () => (asking.resolve(), true);
  const ahead = client.findManifest(artifact.digest);
  await asking.promise;
  client[Symbol.dispose]();
  await expect(ahead).rejects.toThrow(/abort/);
});
