/** Modules signed by cosign and by us, in both formats, in a real registry: each verifies what the other has signed. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import path from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { findGoTool } from "../setup/go-tools.ts";
import { type Desk, makeDesk } from "../setup/geniectl.ts";
import { type RegistryServer, startRegistry } from "../setup/registry-server.ts";

const cosign = await findGoTool("cosign");
const COSIGN_MS = 60_000;

/** No certificate authority, no log, no clock of anybody: only a key. */
const SIGNING_CONFIG = {
  mediaType: "application/vnd.dev.sigstore.signingconfig.v0.2+json",
  rekorTlogConfig: { selector: "ANY" },
  tsaConfig: { selector: "ANY" },
};
const OLD = ["--use-signing-config=false", "--tlog-upload=false", "--new-bundle-format=false"];
const NEW = ["--signing-config", "signing.json"];

let desk: Desk;
let registry: RegistryServer;
const undo = new AsyncDisposableStack();
let pushed = 0;

beforeAll(async () => {
  const dir = await mkdtemp(path.join(tmpdir(), "genie-cosign-"));
  undo.defer(() => rm(dir, { recursive: true, force: true }));
  registry = undo.use(await startRegistry({ dir }));
  desk = undo.use(await makeDesk());
  await writeFile(path.join(desk.folder, "signing.json"), JSON.stringify(SIGNING_CONFIG));
});
afterAll(() => undo.disposeAsync());

/** A module in a repository of its own. */
async function push(): Promise<string> {
  const reference = `${registry.host}/genie/module${pushed++}:1`;
  expect(await desk.run("push", "scorer.wasm", reference)).toMatchObject({ exitCode: 0 });
  return reference;
}

async function runCosign(...words: string[]) {
  const env = { PATH: process.env["PATH"], HOME: desk.folder, COSIGN_PASSWORD: "" };
  const options = { cwd: desk.folder, env, extendEnv: false, reject: false, timeout: COSIGN_MS } as const;
  return await execa(cosign ?? "", words, options);
}

const signWithCosign = (reference: string, how: readonly string[]) =>
  runCosign(
    "sign",
    "--key",
    "theirs.key",
    "--allow-http-registry",
    "-y",
    ...how,
    "-a",
    "stage=prod",
    reference,
  );

function verifyWithCosign(reference: string, key: string, isNew: boolean) {
  const alone = ["--insecure-ignore-tlog=true", "--allow-http-registry", `--new-bundle-format=${isNew}`];
  return runCosign("verify", "--key", key, ...alone, "-a", "stage=prod", reference);
}

describe.skipIf(cosign === undefined)("cosign and geniectl", () => {
  beforeAll(async () => {
    expect(await desk.run("keygen", "ours")).toMatchObject({ exitCode: 0 });
    expect(await runCosign("generate-key-pair", "--output-key-prefix", "theirs")).toMatchObject({
      exitCode: 0,
    });
  });

  test.each([true, false])("cosign verifies what geniectl signed, new format: %s", async (isNew) => {
    const reference = await push();
    await desk.run("sign", reference, "--key", "ours.key", "--annotation", "stage=prod");
    expect(await verifyWithCosign(reference, "ours.pub", isNew)).toMatchObject({ exitCode: 0 });
    expect(await verifyWithCosign(reference, "theirs.pub", isNew)).not.toMatchObject({ exitCode: 0 });
  });

  test.each([
    { format: "sig", how: OLD },
    { format: "bundle", how: NEW },
  ])("geniectl verifies what cosign signed, format $format", async ({ format, how }) => {
    const reference = await push();
    expect(await signWithCosign(reference, how)).toMatchObject({ exitCode: 0 });
    const { exitCode, stdout } = await desk.run("verify", reference, "--key", "theirs.pub", "--json");
    expect(exitCode).toBe(0);
    expect(JSON.parse(stdout).signatures).toMatchObject([
      { format, holds: true, annotations: { stage: "prod" } },
    ]);
    expect(await desk.run("verify", reference, "--key", "ours.pub")).toMatchObject({ exitCode: 1 });
  });

  test("each signs beside the other, and both see both", async () => {
    const reference = await push();
    await desk.run("sign", reference, "--key", "ours.key", "--annotation", "stage=prod");
    for (const how of [OLD, NEW]) expect(await signWithCosign(reference, how)).toMatchObject({ exitCode: 0 });
    await desk.run("sign", reference, "--key", "ours.key", "--annotation", "stage=prod");
    const { stdout } = await desk.run(
      "verify",
      reference,
      "--key",
      "ours.pub",
      "--key",
      "theirs.pub",
      "--json",
    );
    const signatures: { format: string; key: string; holds: boolean }[] = JSON.parse(stdout).signatures;
    expect(signatures.map(({ format, key, holds }) => `${format} ${key} ${holds}`).toSorted()).toEqual([
      "bundle ours.pub true",
      "bundle theirs.pub true",
      "sig ours.pub true",
      "sig theirs.pub true",
    ]);
    for (const key of ["ours.pub", "theirs.pub"])
      for (const isNew of [true, false])
        expect(await verifyWithCosign(reference, key, isNew)).toMatchObject({ exitCode: 0 });
  });

  test("cosign signs with a key of geniectl's", async () => {
    const imported = await runCosign(
      "import-key-pair",
      "--key",
      "ours.key",
      "--output-key-prefix",
      "imported",
    );
    expect(imported).toMatchObject({ exitCode: 0 });
    const reference = await push();
    const words = ["sign", "--key", "imported.key", "--allow-http-registry", "-y", ...NEW, reference];
    expect(await runCosign(...words)).toMatchObject({ exitCode: 0 });
    expect(await desk.run("verify", reference, "--key", "ours.pub")).toMatchObject({ exitCode: 0 });
  });
});
